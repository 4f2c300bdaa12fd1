import { describe, expect, it } from 'vitest';
import { testServer } from '../testing/test-server.ts';

async function administrator() {
  const server = await testServer();
  const { token } = await server.organisation();
  const call = (method: string, path: string, body?: unknown) =>
    server.request(method, path, { token, body });
  return { server, call };
}

describe('custom variables', () => {
  it('are created, read, found, changed and removed as the contract says', async () => {
    const { call } = await administrator();
    const sent = {
      key: 'lieferadresse',
      name: 'Lieferadresse',
      type: 'custom',
      template: '{{contact.address}}',
      _tags: ['portal'],
    };
    const created = await call('POST', '/v1/custom-variables', { ...sent, id: 'chosen-by-client' });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject(sent);
    const path = `/v1/custom-variables/${created.body['id']}`;
    expect((await call('GET', path)).body).toEqual(created.body);
    expect((await call('POST', '/v1/custom-variables', sent)).status).toBe(409);
    const search = async (body: object) => (await call('POST', '/v1/custom-variables:search', body)).body;
    expect(await search({ query: 'liefer', tags: ['portal'] })).toMatchObject({ hits: 1, results: [sent] });
    expect(await search({ type: 'snippet' })).toEqual({ hits: 0, results: [] });
    expect(await search({ size: 0 })).toEqual({ hits: 1, results: [] });
    const changed = await call('PUT', path, { key: 'adresse', template: 'neu' });
    expect(changed.body).toMatchObject({
      key: 'adresse',
      template: 'neu',
      created_at: created.body['created_at'],
    });
    expect(changed.body['name']).toBeUndefined();
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('GET', '/v1/custom-variables')).body).toEqual([]);
  });

  it.each([
    ['no key', { template: 'x' }],
    ['a key that is a path', { key: 'contact.name', template: 'x' }],
    ['a key that templates need', { key: 'each', template: 'x' }],
    ['no template', { key: 'x' }],
    ['a template of the wrong type', { key: 'x', template: { a: 1 } }],
    ['a broken template', { key: 'x', template: '{{#if a}}' }],
    ['program text', { key: 'x', template: 'x', helper_logic: 'return process.env' }],
    ['too much', { key: 'x', template: 'x', config: { text: 'x'.repeat(300_000) } }],
  ])('are refused with %s, and nothing is kept', async (_what, body) => {
    const { call } = await administrator();
    const answer = await call('POST', '/v1/custom-variables', body);
    expect(answer.status).toBe(400);
    expect(answer.body['errors']?.[0]?.['path']).toMatch(/^body/);
    expect((await call('GET', '/v1/custom-variables')).body).toEqual([]);
  });
});
