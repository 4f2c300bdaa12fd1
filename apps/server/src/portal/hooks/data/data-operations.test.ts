import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { relatedTo } from '../../service/testing/portal-customer.ts';
import { hookedCustomer } from '../testing/hooked-customer.ts';
import { standInApp } from '../testing/stand-in-app.ts';

const app = standInApp();

const MONEY = {
  timestamp: '2026-01-01T00:00:00Z',
  ...{ unit_amount: 12, unit_amount_currency: 'EUR', unit_amount_decimal: '0.12' },
  ...{ tax_behavior: 'exclusive', tax_rate: 19 },
};
const RANGE = 'from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&interval=P1D';

function extension(more: object = {}) {
  const get = {
    url: '{{Options.base}}/series',
    params: { from: '{{Scope.from}}', step: '{{Scope.interval}}' },
  };
  return {
    id: 'solar',
    name: { en: 'Solar' },
    options: [
      { id: 'base', name: { en: 'Base' }, type: 'text', default: app.url },
      { id: 'key', name: { en: 'Key' }, type: 'secret' },
    ],
    hooks: [
      {
        id: 'usage',
        type: 'consumptionDataRetrieval',
        auth: {
          method: 'POST',
          url: '{{Options.base}}/token',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: { secret: '{{Options.key}}' },
          cache: { key: '{{Options.key}}', ttl: '{{AuthResponse.data.expires_in}}' },
        },
        call: {
          method: 'POST',
          url: '{{Options.base}}/usage/{{Contact.first_name}}',
          headers: {
            Authorization: 'Bearer {{AuthResponse.data.access_token}}',
            'X-Place': 'Łódź {{Meter.meter_number}}',
          },
          body: { meter: '{{Meter.meter_number}}', scope: '{{Scope}}', nothing: '{{Contact.unknown}}' },
        },
        resolved: { data_path: 'result.items', error_message_path: 'error.message' },
      },
      { id: 'price', type: 'priceDataRetrieval', call: get, resolved: { dataPath: 'rows' } },
      { id: 'chart', type: 'visualizationMetadata', call: get, resolved: { data_path: 'meta' } },
      { id: 'file', type: 'dataExport', call: get },
      { id: 'cost-1', type: 'costDataRetrieval', call: get },
      { id: 'cost-2', type: 'costDataRetrieval', call: get },
    ],
    links: [
      {
        id: 'shop',
        name: { en: 'Shop' },
        type: 'seamless',
        condition: '{{Contact.first_name | is_not_empty}}',
        auth: { url: '{{Options.base}}/token' },
        redirect: {
          url: 'https://shop.example.org/in/{{Contact.last_name}}',
          params: { token: '{{AuthResponse.data.access_token}}' },
        },
      },
      {
        id: 'closed',
        name: { en: 'Closed' },
        type: 'seamless',
        condition: '{{Contact.unknown | is_not_empty}}',
        redirect: { url: 'https://shop.example.org' },
      },
    ],
    ...more,
  };
}

const ID = {
  open: randomUUID(),
  closed: randomUUID(),
  gone: randomUUID(),
  own: randomUUID(),
};

const ENABLED = { extensions: [{ id: 'solar', status: 'enabled', options: { key: 'k&y' } }] };

describe('data of extensions', () => {
  it('signs in once, asks with the variables of the situation, and passes on what is well-formed', async () => {
    const { ask, create, contactId } = await hookedCustomer([extension()], ENABLED);
    const meter = await create('meter', { meter_number: 'M-7', customer: relatedTo(contactId) });
    app.answer(({ path }) =>
      path === '/token'
        ? { body: { access_token: 'T1', expires_in: 600 } }
        : {
            body: {
              result: {
                items: [
                  { timestamp: '2026-01-01T00:00:00Z', value: 1.5, type: 'nt', more: 1 },
                  { timestamp: 'soon', value: 2 },
                  { timestamp: '2026-01-02T00:00:00Z', value: 'many' },
                ],
              },
            },
          },
    );
    const path = `/v2/portal/consumption?extensionId=solar&meter_id=${meter}&${RANGE}`;
    const answer = await ask('GET', path);
    expect(answer.body).toEqual({
      consumptions: [{ timestamp: '2026-01-01T00:00:00Z', value: 1.5, type: 'nt', more: 1 }],
    });
    await ask('GET', path);
    expect(app.received.map((request) => request.path)).toEqual(['/token', '/usage/Kim', '/usage/Kim']);
    expect(app.received[0]?.body).toBe('secret=k%26y');
    expect(app.received[1]?.headers['authorization']).toBe('Bearer T1');
    // Node shows the bytes of headers as Latin-1.
    expect(Buffer.from(String(app.received[1]?.headers['x-place']), 'latin1').toString()).toBe('Łódź M-7');
    expect(JSON.parse(app.received[1]?.body ?? '')).toEqual({
      meter: 'M-7',
      scope: { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', interval: 'P1D' },
    });
  });

  it('signs in anew when the third party takes the token no more, once', async () => {
    const { ask } = await hookedCustomer([extension()], ENABLED);
    let tokens = 0;
    app.answer(({ path, headers }) => {
      if (path === '/token') return { body: { access_token: `T${++tokens}`, expires_in: 600 } };
      return headers['authorization'] === 'Bearer T2' ? { body: { result: { items: [] } } } : { status: 401 };
    });
    const path = `/v2/portal/consumption?extensionId=solar&${RANGE}`;
    expect((await ask('GET', path)).body).toEqual({ consumptions: [] });
    expect(tokens).toBe(2);
  });

  it('answers prices and costs, by the named hook where there are several', async () => {
    const { ask } = await hookedCustomer([extension()], ENABLED);
    app.answer(() => ({ body: { rows: [MONEY, { ...MONEY, unit_amount: 1.5 }] } }));
    const prices = await ask('GET', `/v2/portal/prices?app_id=app-1&extensionId=solar&${RANGE}`);
    expect(prices.body).toEqual({ prices: [MONEY] });
    expect(app.received[0]?.query).toEqual({ from: '2026-01-01T00:00:00Z', step: 'P1D' });
    app.answer(() => ({ body: [MONEY] }));
    const costs = `/v2/portal/costs?extensionId=solar&${RANGE}`;
    expect((await ask('GET', costs)).status).toBe(400);
    expect((await ask('GET', `${costs}&hookId=cost-2`)).body).toEqual({ costs: [MONEY] });
    expect((await ask('GET', `${costs}&hookId=cost-3`)).status).toBe(404);
  });

  it('tells failures of the third party apart and shows no more of them than it was told to', async () => {
    const { ask } = await hookedCustomer([extension()], ENABLED);
    const usage = async (status: number, body: unknown) => {
      app.answer(({ path }) => (path === '/token' ? { body: { access_token: 'T' } } : { status, body }));
      return ask('GET', `/v2/portal/consumption?extensionId=solar&${RANGE}`);
    };
    expect((await usage(404, {})).status).toBe(404);
    const failed = await usage(503, { error: { message: '<b>Down</b> for tea' }, secret: 'internals' });
    expect(failed.status).toBe(500);
    expect(failed.body).toMatchObject({ message: 'Down for tea', reason: 'UPSTREAM_ERROR' });
    expect(JSON.stringify(failed.body)).not.toContain('internals');
    expect((await usage(429, {})).status).toBe(500);
    expect((await usage(200, { result: 'none' })).body).toMatchObject({
      reason: 'UPSTREAM_INVALID_RESPONSE',
    });
  });

  it('asks nobody for wrong ranges, unknown or switched-off extensions, and entities of others', async () => {
    const { ask, create } = await hookedCustomer([extension()], ENABLED);
    const foreign = await create('meter', { meter_number: 'M-8' });
    const off = await hookedCustomer([extension()], { extensions: [{ id: 'solar', status: 'installed' }] });
    const path = `/v2/portal/consumption?extensionId=solar`;
    const backwards = 'from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z&interval=P1D';
    expect((await ask('GET', `${path}&${backwards}`)).status).toBe(400);
    expect((await ask('GET', `/v2/portal/consumption?extensionId=other&${RANGE}`)).status).toBe(404);
    expect((await off.ask('GET', `${path}&${RANGE}`)).status).toBe(404);
    expect((await ask('GET', `${path}&${RANGE}&meter_id=${foreign}`)).status).toBe(403);
    expect((await off.server.request('GET', `${path}&${RANGE}`)).status).toBe(401);
    expect(app.received).toEqual([]);
  });
});

describe('charts of extensions', () => {
  it('are described by the third party', async () => {
    const { ask } = await hookedCustomer([extension()], ENABLED);
    app.answer(() => ({ body: { meta: { intervals: ['P1D', 'weekly'] } } }));
    const path = '/v2/portal/visualization/metadata?app_id=app-1&extensionId=';
    expect((await ask('GET', `${path}solar`)).body).toEqual({ intervals: ['P1D'] });
    expect((await ask('GET', `${path}other`)).status).toBe(404);
    app.answer(() => ({ body: { meta: ['none'] } }));
    expect((await ask('GET', `${path}solar`)).body).toMatchObject({ reason: 'UPSTREAM_INVALID_RESPONSE' });
  });

  it('are exported to where the third party says, which must be a web address', async () => {
    const { ask, server } = await hookedCustomer([extension()], ENABLED);
    const path = '/v2/portal/visualization:export';
    const body = { app_id: 'app-1', extension_id: 'solar' };
    app.answer(() => ({
      body: { download_url: 'https://files.example.org/a.csv', filename: 'a.csv', own: 1 },
    }));
    expect((await ask('POST', path, body)).body).toEqual({
      ...{ download_url: 'https://files.example.org/a.csv', filename: 'a.csv' },
    });
    app.answer(() => ({ body: { download_url: 'javascript:alert(1)' } }));
    expect((await ask('POST', path, body)).body).toMatchObject({ reason: 'UPSTREAM_INVALID_RESPONSE' });
    app.answer(() => ({ status: 404 }));
    expect((await ask('POST', path, body)).status).toBe(404);
    expect((await server.request('POST', path, { body })).status).toBe(401);
  });
});

describe('seamless links', () => {
  it('sign in at the third party and lead there, when their condition holds', async () => {
    const { ask, server } = await hookedCustomer([extension()], ENABLED);
    app.answer(() => ({ body: { access_token: 'a b' } }));
    const path = '/v2/portal/resolve:seamless-link?extension_id=solar&link_id=';
    expect((await ask('GET', `${path}shop`)).body).toEqual({
      link: 'https://shop.example.org/in/Petersen?token=a+b',
    });
    expect((await ask('GET', `${path}closed`)).status).toBe(403);
    expect((await ask('GET', `${path}none`)).status).toBe(404);
    app.answer(() => ({ status: 500 }));
    expect((await ask('GET', `${path}shop`)).body).toMatchObject({ reason: 'UPSTREAM_ERROR' });
    expect((await server.request('GET', `${path}shop`)).status).toBe(401);
  });

  it('are listed where their condition holds, without asking anybody, and opened from the list', async () => {
    const link = (id: string, ids: unknown) => ({
      id,
      label: { de: id },
      type: 'seamless',
      extension_link_id: ids,
    });
    const externalLinks = [
      link(ID.open, ['solar', 'shop']),
      link(ID.closed, ['solar', 'closed']),
      link(ID.gone, ['unknown', 'shop']),
      link(ID.own, undefined),
    ];
    const config = { ...ENABLED, config: JSON.stringify({ externalLinks }) };
    const { ask, server, admin, portalId, contactId } = await hookedCustomer([extension()], config);
    const path = `/v3/portal/external-links?portal_id=${portalId}`;
    const idsOf = async (more = '', token?: string) => {
      const answer = token
        ? await server.request('GET', path + more, { token })
        : await ask('GET', path + more);
      return JSON.parse(JSON.stringify(answer.body)).map(({ id }: { id: string }) => id);
    };
    expect(await idsOf()).toEqual([ID.open, ID.own]);
    expect(await idsOf('', admin)).toEqual([ID.open, ID.closed, ID.gone, ID.own]);
    expect(await idsOf(`&contactId=${contactId}`, admin)).toEqual([ID.open, ID.own]);
    expect(app.received).toEqual([]);
    app.answer(() => ({ body: { access_token: 't' } }));
    const opened = await ask('GET', `/v3/portal/resolve:external-link/${ID.open}?portal_id=${portalId}`);
    expect(opened.body).toMatchObject({ link: 'https://shop.example.org/in/Petersen?token=t' });
    expect(opened.headers['cache-control']).toBe('no-store');
    expect(
      (await ask('GET', `/v3/portal/resolve:external-link/${ID.closed}?portal_id=${portalId}`)).status,
    ).toBe(404);
  });

  it('and data are not asked for more than 60 times a minute by one customer', async () => {
    const { ask, another, server } = await hookedCustomer([extension()], ENABLED);
    app.answer(() => ({ body: { rows: [] } }));
    const path = `/v2/portal/prices?extensionId=solar&hookId=price&${RANGE}`;
    const asked = [];
    for (let call = 0; call < 61; call += 1) asked.push((await ask('GET', path)).status);
    expect(asked.filter((status) => status === 200)).toHaveLength(60);
    expect(asked.at(-1)).toBe(429);
    const { token } = await another();
    expect((await server.request('GET', path, { token })).status).toBe(200);
  });
});
