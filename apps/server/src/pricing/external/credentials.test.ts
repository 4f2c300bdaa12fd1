import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { openShop, type Shop } from '../testing/shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

const place = (integration: string, verb = '') => `/v1/integration/${integration}/credentials${verb}`;
const save = (integration: string, body: unknown) => shop.admin('PUT', place(integration, ':save'), body);

describe('the credentials of an integration', () => {
  it('are returned as saved, replaced, and gone after deletion', async () => {
    expect((await shop.admin('GET', place('getag'))).status).toBe(404);
    const basic = { username: 'utility', password: 'secret', base_url: 'https://1.1.1.1/api' };
    expect((await save('getag', basic)).status).toBe(204);
    expect((await shop.admin('GET', place('getag'))).body).toEqual(basic);
    expect((await save('getag', { username: 'other', password: 'word' })).status).toBe(204);
    expect((await shop.admin('GET', place('getag'))).body).toEqual({ username: 'other', password: 'word' });
    expect((await shop.admin('GET', place('external-catalog'))).status).toBe(404);
    for (let i = 0; i < 2; i++)
      expect((await shop.admin('DELETE', place('getag', ':delete'))).status).toBe(204);
    expect((await shop.admin('GET', place('getag'))).status).toBe(404);
  });

  it('lose the tokens that a client has got with them', async () => {
    const oauth = {
      client_id: 'busbar',
      client_secret: 's3cret',
      authorization_url: 'https://1.1.1.1/token',
      grant_type: 'client_credentials',
      scope: 'catalog',
    };
    const sent = {
      auth_type: 'oauth',
      oauth: { ...oauth, access_token: 'abc', access_token_expires_in: 60 },
    };
    expect((await save('external-catalog', sent)).status).toBe(204);
    expect((await shop.admin('GET', place('external-catalog'))).body).toEqual({ auth_type: 'oauth', oauth });
  });

  it('are stored sealed, for one organisation and integration, and audited without secrets', async () => {
    await save('getag', { username: 'utility', password: 'tell-nobody' });
    const tenant = shop.server.busbar.storage.database.tenant(shop.org);
    const row = await tenant.first<{ sealed: string }>(sql`
      select sealed from external_credentials where org_id = ${shop.org} and integration = 'getag'`);
    expect(row?.sealed).toMatch(/^bsb1\./);
    const other = await shop.server.organisation();
    const asked = await shop.server.request('GET', place('getag'), { token: other.token });
    expect(asked.status).toBe(404);
    const audit = await tenant.query<{ entry: string }>(sql`
      select to_jsonb(a)::text as entry from audit_entry a where org_id = ${shop.org} and action = 'pricing.credentials.save'`);
    expect(audit.length).toBeGreaterThan(0);
    for (const { entry } of audit) expect(entry).not.toContain('tell-nobody');
  });

  it.each([
    ['half of basic auth', { username: 'utility' }],
    ['http elsewhere', { username: 'u', password: 'p', base_url: 'http://1.1.1.1/' }],
    ['a private address', { username: 'u', password: 'p', base_url: 'https://10.0.0.1/' }],
    ['no URL', { username: 'u', password: 'p', base_url: 'partner' }],
    ['OAuth without a client', { auth_type: 'oauth', oauth: { grant_type: 'client_credentials' } }],
  ])('are refused with 400: %s', async (_, body) => {
    const answer = await save('getag', body);
    expect(answer.status).toBe(400);
    expect(answer.body['message']).toEqual(expect.any(String));
  });

  it('are for administrators of integrations only', async () => {
    expect((await shop.admin('GET', place('unknown'))).status).toBe(400);
    const answer = await shop.server.request('GET', place('getag'), { token: shop.publishable });
    expect([401, 403]).toContain(answer.status);
  });
});
