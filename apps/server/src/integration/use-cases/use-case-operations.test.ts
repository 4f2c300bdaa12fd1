import { beforeAll, describe, expect, it } from 'vitest';
import { type ErpFixture, erpFixture, useCase } from '../testing/erp-fixture.ts';

const FIELDS = [{ attribute: 'external_id', field: 'nr' }];
let erp: ErpFixture;
let base: string;
beforeAll(async () => {
  erp = await erpFixture([]);
  base = `/v1/integrations/${erp.integrationId}/use-cases`;
});

describe('use cases', () => {
  it('get a slug from their name when none is given, and keep it', async () => {
    const body = { name: 'Größe & Maß', type: 'inbound', enabled: true };
    const first = await erp.request('POST', base, body);
    expect(first.body, JSON.stringify(first.body)).toMatchObject({ slug: 'groesse-mass' });
    expect((await erp.request('POST', base, body)).body['slug']).toBe('groesse-mass-2');
    const path = `${base}/${first.body['id']}`;
    expect((await erp.request('PUT', path, { slug: 'groesse-mass', type: 'inbound' })).status).toBe(200);
    expect((await erp.request('PUT', path, { slug: 'other', type: 'inbound' })).status).toBe(400);
    const taken = await erp.request('POST', base, { ...body, slug: 'groesse-mass' });
    expect(taken.body).toMatchObject({ status: 400, code: 'SLUG_TAKEN' });
  });

  it('cannot change their type, nor be of one we do not know', async () => {
    const { body } = await erp.request('POST', base, {
      name: 'typed',
      slug: 'typed',
      type: 'inbound',
      enabled: true,
    });
    const changed = await erp.request('PUT', `${base}/${body['id']}`, { type: 'file_proxy' });
    expect(changed.body).toMatchObject({ status: 400, errors: [{ path: 'body.type' }] });
    const unknown = await erp.request('POST', base, {
      name: 'm',
      slug: 'm',
      type: 'managed_call',
      enabled: true,
    });
    expect(unknown.status).toBe(400);
  });

  it('are refused with use case, field and position when an expression cannot be parsed', async () => {
    const bad = useCase('bad', 'contact', [...FIELDS, { attribute: 'x', jsonataExpression: 'a + + ' }]);
    const answer = await erp.request('POST', base, bad);
    expect(answer.status).toBe(400);
    expect(answer.body['errors']?.[0]).toMatchObject({
      path: 'body.configuration.entities[0].fields[1].jsonataExpression',
      message: expect.stringMatching(/^use case "bad": .*\(position \d+\)$/),
    });
  });

  it('have descriptions of changes of 2,000 characters at most, from the first one on', async () => {
    const body = { name: 'described', slug: 'described', type: 'inbound', enabled: true };
    const long = await erp.request('POST', base, { ...body, change_description: 'x'.repeat(2_001) });
    expect(long.body).toMatchObject({ status: 400, errors: [{ path: 'body.change_description' }] });
    const fits = await erp.request('POST', base, { ...body, change_description: 'x'.repeat(2_000) });
    expect(fits.status).toBe(201);
  });

  it('keep comments that clients put into configurations', async () => {
    const commented = useCase('commented', 'contact', FIELDS, { _comment: 'mine' });
    const { body } = await erp.request('POST', base, commented);
    expect(body['configuration']?.['entities']?.[0]?.['_comment']).toBe('mine');
  });

  it('may have ids of their own choosing, whatever other organisations have chosen', async () => {
    const body = {
      name: 'Chosen',
      use_cases: [{ ...useCase('chosen', 'contact', FIELDS), id: '7b0c2f5e-8a53-4a0c-9d5e-1f6f0a3f8f11' }],
    };
    const other = await erpFixture([]);
    expect((await erp.request('POST', '/v2/integrations', body)).status).toBe(201);
    expect((await other.request('POST', '/v2/integrations', body)).status).toBe(201);
    const again = await erp.request('POST', '/v2/integrations', body);
    expect(again.body).toMatchObject({ status: 400, errors: [{ path: 'body.use_cases[0].id' }] });
  });

  it('are 404 for the wrong integration', async () => {
    const { body } = await erp.request('POST', base, useCase('here', 'contact', FIELDS));
    const other = await erp.request('POST', '/v1/integrations', { name: 'other' });
    const path = `/v1/integrations/${other.body['id']}/use-cases/${body['id']}`;
    expect((await erp.request('GET', path)).body['code']).toBe('USE_CASE_NOT_FOUND');
    expect((await erp.request('PUT', path, { enabled: false })).status).toBe(404);
    expect((await erp.request('DELETE', path)).status).toBe(404);
    expect((await erp.request('GET', `${path}/history`)).status).toBe(404);
    expect((await erp.request('DELETE', `${base}/${body['id']}`)).status).toBe(200);
  });
});

describe('the history of a use case', () => {
  it('holds the states before each change, newest first, in pages', async () => {
    const { body } = await erp.request('POST', base, useCase('historic', 'contact', FIELDS));
    const path = `${base}/${body['id']}`;
    expect((await erp.request('GET', `${path}/history`)).body).toEqual({ history: [] });
    for (let n = 1; n <= 30; n += 1)
      await erp.request('PUT', path, { name: `v${n}`, ...(n === 2 ? { change_description: 'why' } : {}) });
    const same = await erp.request('PUT', path, { name: 'v30' });
    expect(same.status).toBe(200);
    const first = (await erp.request('GET', `${path}/history`)).body;
    const second = (await erp.request('GET', `${path}/history?cursor=${first['next_cursor']}`)).body;
    const names = [first, second].flatMap((page) => {
      const list = page['history'];
      return Array.isArray(list) ? list.map((entry) => String(entry.name)) : [];
    });
    expect(names).toEqual([...Array.from({ length: 29 }, (_, n) => `v${29 - n}`), 'historic']);
    expect(second).not.toHaveProperty('next_cursor');
    const described = second['history']?.[2];
    expect(described).toMatchObject({ name: 'v2', change_description: 'why', useCaseId: body['id'] });
    expect(second['history']?.[1]).not.toHaveProperty('change_description');
    const cursor = String(first['next_cursor']);
    const tampered = `${cursor.slice(0, -2)}${cursor.endsWith('AA') ? 'BB' : 'AA'}`;
    expect((await erp.request('GET', `${path}/history?cursor=${tampered}`)).status).toBe(400);
  });
});
