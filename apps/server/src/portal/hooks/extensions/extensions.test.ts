import { describe, expect, it } from 'vitest';
import { hookedCustomer } from '../testing/hooked-customer.ts';

const hook = (type: string, id: string, more: object = {}) => ({
  ...{ id, type, name: { en: id } },
  call: { url: 'https://app.example.org/{{Options.token}}', headers: {}, body: {} },
  resolved: {},
  ...more,
});

const SOLAR = {
  id: 'solar',
  name: { en: 'Solar' },
  options: [
    { id: 'token', name: { en: 'Token' }, type: 'secret' },
    { id: 'base', name: { en: 'Base' }, type: 'text' },
  ],
  hooks: [
    hook('consumptionDataRetrieval', 'usage', { intervals: ['P1D'] }),
    hook('changeEmail', 'mail', { explanation: { en: 'Soon.' } }),
    hook('deleteAccount', 'gone'),
  ],
};

describe('extensions', () => {
  it('shows administrators what is installed, and everybody what is active, without addresses', async () => {
    const { server, org, admin, portalId } = await hookedCustomer([SOLAR], {
      extensions: [{ id: 'solar', status: 'enabled', options: { token: 'hush', base: 'x' } }],
      extension_hooks: { changeEmail: { app_id: 'app-1', extension_id: 'solar', hook_id: 'mail' } },
    });
    const ask = (path: string, token?: string) => server.request('GET', path, { token });
    for (const path of ['/v2/portal/extensions', `/v3/portal/extensions?portal_id=${portalId}`]) {
      const answer = await ask(path, admin);
      expect(answer.body[0]).toMatchObject({ id: 'solar', app_id: 'app-1', app_name: 'App One' });
      expect(JSON.stringify(answer.body)).not.toContain('hush');
    }
    for (const query of [
      `v2/portal/public/extensions?org_id=${org}&origin=END_CUSTOMER_PORTAL`,
      `v3/portal/public/extensions?org_id=${org}&portal_id=${portalId}`,
    ]) {
      const { status, body } = await ask(`/${query}`);
      expect(status).toBe(200);
      expect(body['consumptionDataRetrieval']).toEqual([
        {
          app: { app_id: 'app-1', name: { en: 'App One' } },
          extension: { id: 'solar', name: { en: 'Solar' } },
          hook: { id: 'usage', name: { en: 'usage' }, intervals: ['P1D'] },
        },
      ]);
      expect(body['changeEmail']?.['hook']).toEqual({
        ...{ id: 'mail', change_mode: 'asynchronous', require_password_confirmation: true },
        explanation: { en: 'Soon.' },
      });
      expect(body['deleteAccount']).toBeUndefined();
      expect(JSON.stringify(body)).not.toMatch(/example\.org|hush/);
    }
    const config = await ask(`/v3/portal/config/${portalId}`, admin);
    expect(config.body['extensions']?.[0]?.['options']).toEqual({ base: 'x' });
  });

  it('shows no value of which nobody says that it is no secret, and loses none when an app is installed anew', async () => {
    const {
      server,
      admin: token,
      portalId,
    } = await hookedCustomer([SOLAR], {
      extensions: [{ id: 'solar', status: 'enabled', options: { token: 'hush', base: 'x' } }],
    });
    const install = (extensions: readonly object[]) =>
      server.request('PUT', '/ext/v1/apps/app-1/extensions', { token, body: { extensions } });
    const path = `/v3/portal/config/${portalId}`;
    const shown = async () => (await server.request('GET', path, { token })).body['extensions']?.[0];
    await install([]);
    expect(await shown()).toMatchObject({ id: 'solar', options: {} });
    const sent = { extensions: [{ id: 'solar', status: 'enabled', options: { more: 'y' } }] };
    expect((await server.request('PUT', path, { token, body: sent })).status).toBe(200);
    expect(await shown()).toMatchObject({ options: {} });
    await install([SOLAR]);
    expect(await shown()).toMatchObject({ options: { base: 'x' } });
  });

  it('shows nothing of extensions that are only installed', async () => {
    const { server, org, portalId } = await hookedCustomer([SOLAR], {
      extensions: [{ id: 'solar', status: 'installed' }],
      extension_hooks: { changeEmail: { app_id: 'app-1', extension_id: 'solar', hook_id: 'mail' } },
    });
    const path = `/v3/portal/public/extensions?org_id=${org}&portal_id=${portalId}`;
    const { body } = await server.request('GET', path);
    // What no app answers, the portal answers from its own data.
    expect(Object.keys(body).sort()).toEqual([
      ...['consumptionDataRetrieval', 'costDataRetrieval', 'dataExport', 'priceDataRetrieval'],
    ]);
    expect(JSON.stringify(body)).not.toContain('solar');
  });

  it('refuses definitions that cannot work, and ids another app uses', async () => {
    const { server, admin } = await hookedCustomer([SOLAR]);
    const put = (app: string, extensions: unknown) =>
      server.request('PUT', `/ext/v1/apps/${app}/extensions`, { token: admin, body: { extensions } });
    for (const broken of [
      {},
      [{ id: 'a' }],
      [{ id: 'a', name: { en: 'A' }, hooks: {} }],
      [{ id: 'a', name: { en: 'A' }, hooks: [{ id: 'x', type: 'unknown', call: { url: 'https://a' } }] }],
      [{ id: 'a', name: { en: 'A' }, hooks: [{ ...hook('dataExport', 'x'), call: {} }] }],
      [
        { id: 'a', name: { en: 'A' } },
        { id: 'a', name: { en: 'A' } },
      ],
    ]) {
      expect((await put('app-2', broken)).status).toBe(400);
    }
    const settings: [string, object, string][] = [
      ['deleteAccount', { deletion_mode: 'async' }, 'deletion_mode'],
      ['deleteAccount', { delete_contact: true }, 'delete_contact'],
      ['changeEmail', { require_password_confirmation: 'false' }, 'require_password_confirmation'],
      ['contractIdentification', { assignment_mode: 'contact' }, 'assignment_mode'],
      ['meterReadingPlausibilityCheck', { plausibility_mode: 'limits' }, 'plausibility_mode'],
      ['dataExport', { call: { url: 'https://a.example', method: 'FETCH' } }, 'call.method'],
      ['dataExport', { auth: { url: 'https://a.example', cache: { key: 'k' } } }, 'auth.cache.ttl'],
    ];
    for (const [type, more, at] of settings) {
      const answer = await put('app-2', [{ id: 'a', name: { en: 'A' }, hooks: [hook(type, 'x', more)] }]);
      expect(answer.body['errors']).toMatchObject([{ path: `body.extensions[0].hooks[0].${at}` }]);
    }
    expect((await put('app-2', [SOLAR])).status).toBe(409);
    expect((await put('app-1', [])).status).toBe(200);
    expect((await server.request('GET', '/v2/portal/extensions', { token: admin })).body).toEqual([]);
  });

  it('asks who calls', async () => {
    const { server, admin, token, portalId } = await hookedCustomer([SOLAR]);
    const other = await server.organisation();
    const statusOf = async (method: string, path: string, who?: string) =>
      (
        await server.request(method, path, {
          token: who,
          ...(method === 'PUT' ? { body: { extensions: [] } } : {}),
        })
      ).status;
    const listed = `/v3/portal/extensions?portal_id=${portalId}`;
    const put = '/ext/v1/apps/app-9/extensions';
    expect([await statusOf('GET', listed), await statusOf('PUT', put)]).toEqual([401, 401]);
    expect(await statusOf('GET', listed, token)).toBeGreaterThanOrEqual(401);
    expect(await statusOf('PUT', put, token)).toBeGreaterThanOrEqual(401);
    expect(await statusOf('GET', listed, other.token)).toBe(404);
    expect([await statusOf('GET', listed, admin), await statusOf('PUT', put, admin)]).toEqual([200, 200]);
    expect((await server.request('GET', '/v2/portal/extensions', { token: other.token })).body).toEqual([]);
  });
});
