import { describe, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { testServer } from '../../testing/test-server.ts';

async function utility() {
  const server = await testServer();
  const { org, token } = await server.organisation();
  const { identity } = server.busbar.rooms;
  const tenant = server.busbar.storage.database.tenant(org);
  const call = (method: string, path: string, body?: unknown, as = token) =>
    server.request(method, `/v1/permissions${path}`, { token: as, body });
  const staff = (id: string, roles: readonly string[]) =>
    identity.organisations.putStaffUser(org, {
      ...{ id, email: `${id}-${org}@utility.example`, displayName: id, status: 'Active' },
      roles: roles.map((slug) => `${org}:${slug}`),
    });
  const audit = async () => {
    await identity.idle();
    return tenant.query<{ action: string; resource: string; result: string; actor: string }>(
      sql`select action, resource, result, actor from audit_entry where org_id = ${org} order by id`,
    );
  };
  /** A token that holds one role only. */
  const tokenOf = async (role: string) => {
    const body = { name: role, assignments: [`${org}:${role}`] };
    const made = await server.request('POST', '/v1/access-tokens', { token, body });
    return String(made.body['token']);
  };
  return { server, org, token, call, staff, audit, tokenOf };
}

const CLERK = {
  slug: 'clerk',
  name: 'Clerk',
  type: 'user_role',
  grants: [
    {
      action: 'entity:view',
      resource: 'contact:*',
      conditions: [{ operation: 'equals', attribute: '_tags', values: ['private'] }],
      dependencies: [{ action: 'entity:view', resource: 'file:*' }],
    },
  ],
};

describe('roles', () => {
  it('are created, found, changed and deleted, and grant what they say at once', async () => {
    const { org, call, server, tokenOf, audit } = await utility();
    const created = await call('POST', '/roles', CLERK);
    expect(created.status).toBe(200);
    const { dependencies: _exploded, ...first } = CLERK.grants[0] ?? {};
    expect(created.body).toMatchObject({
      ...{ id: `${org}:clerk`, organization_id: org, slug: 'clerk', type: 'user_role' },
      grants: [first, { action: 'entity:view', resource: 'file:*' }],
    });
    expect((await call('POST', '/roles', CLERK)).status).toBe(409);
    expect((await call('GET', `/roles/${org}:clerk`)).body).toEqual(created.body);
    expect((await call('POST', '/roles:search', { query: 'CLER', limit: 1 })).body).toEqual({
      hits: 1,
      results: [created.body],
    });
    expect((await call('GET', '/roles')).body['roles']).toHaveLength(6);

    const clerk = await tokenOf('clerk');
    const webhooks = () => server.request('GET', '/v1/webhooks/configs', { token: clerk });
    expect((await webhooks()).status).toBe(403);
    const more = { ...created.body, grants: [{ action: 'webhook:view' }] };
    expect((await call('PUT', `/roles/${org}:clerk`, more)).status).toBe(200);
    expect((await webhooks()).status).toBe(200);
    const me = await call('GET', '/me', undefined, clerk);
    expect(JSON.parse(JSON.stringify(me.body['roles'])).map(({ slug }: { slug: string }) => slug)).toEqual([
      'clerk',
      'root',
    ]);
    expect((await call('GET', '/roles', undefined, clerk)).status).toBe(403);
    expect((await call('POST', '/roles', { ...CLERK, slug: 'boss', grants: [] }, clerk)).status).toBe(403);
    expect((await call('DELETE', `/roles/${org}:clerk`)).status).toBe(200);
    expect((await webhooks()).status).toBe(403);
    const entries = (await audit()).map(({ action, result }) => `${action} ${result}`);
    expect(entries).toEqual(
      expect.arrayContaining([
        'role:create success',
        'role:edit success',
        'role:delete success',
        'createRole denied',
      ]),
    );
    expect(entries.some((entry) => entry.startsWith('listAllRoles'))).toBe(false);
  });

  it('let a portal role be edited, which counts for its users', async () => {
    const { org, call, server, token } = await utility();
    const body = { origin: 'END_CUSTOMER_PORTAL', name: 'Portal', enabled: true };
    const portal = await server.request('POST', '/v3/portal/config', { token, body });
    const path = `/roles/${org}:portal_${portal.body['portal_id']}`;
    const role = (await call('GET', path)).body;
    const grants = [{ action: 'entity:view', resource: 'contact:*' }];
    expect((await call('PUT', path, { ...role, grants })).status).toBe(200);
    const config = await server.request('GET', `/v3/portal/config/${portal.body['portal_id']}`, { token });
    expect(config.body['grants']).toMatchObject(grants);
    expect((await call('DELETE', path)).status).toBe(400);
  });

  it('have parents of two levels at most, that exist and pass grants on', async () => {
    const { org, call } = await utility();
    const role = (slug: string, more: object = {}) => call('POST', '/roles', { ...CLERK, slug, ...more });
    expect((await role('a', { parent_role: `${org}:nobody` })).status).toBe(404);
    expect((await role('a', { parent_role: '1:owner' })).status).toBe(404);
    expect((await role('a', { parent_role: `${org}:owner` })).status).toBe(400);
    expect((await role('a', { parent_role: `${org}:a` })).status).toBe(400);
    expect((await role('a', { parent_role: `${org}:root` })).status).toBe(200);
    expect((await role('s', { type: 'share_role', parent_role: `${org}:root` })).status).toBe(400);
  });

  it.each([
    ['no name', { name: undefined }],
    ['a slug with a colon', { slug: 'a:b' }],
    ['an unknown type', { type: 'god_role' }],
    ['grants that are none', { grants: 'all' }],
    ['a grant without an action', { grants: [{ resource: '*' }] }],
    ['an unknown effect', { grants: [{ action: '*', effect: 'maybe' }] }],
    ['a condition nobody can read', { grants: [{ action: '*', conditions: [{ operation: 'like' }] }] }],
    ['another organisation', { organization_id: '1' }],
    ['another id', { id: '1:clerk' }],
    ['too many grants', { grants: Array.from({ length: 2_001 }, () => ({ action: 'a' })) }],
  ])('are refused with %s', async (_what, more) => {
    const { call } = await utility();
    expect((await call('POST', '/roles', { ...CLERK, ...more })).status).toBe(400);
    expect((await call('GET', '/roles')).body['roles']).toHaveLength(5);
  });

  it('are assigned to users; the last owner stays', async () => {
    const { org, call, staff, audit } = await utility();
    await staff('anna', ['owner']);
    await staff('ben', ['readonly']);
    const roles = (slug: string) => `${org}:${slug}`;
    expect((await call('DELETE', `/assignments/anna/${roles('owner')}`)).body['code']).toBe('LAST_OWNER');
    expect((await call('PUT', '/assignments/anna', [roles('manager')])).status).toBe(400);
    expect((await call('POST', `/assignments/ben/${roles('owner')}`)).body).toEqual({
      user_id: 'ben',
      roles: [roles('readonly'), roles('owner')],
    });
    const both = await Promise.all([
      call('DELETE', `/assignments/anna/${roles('owner')}`),
      call('DELETE', `/assignments/ben/${roles('owner')}`),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect((await call('PUT', '/assignments/ben', [roles('nobody')])).status).toBe(400);
    expect((await call('PUT', '/assignments/ben', ['1:owner'])).status).toBe(400);
    expect((await call('GET', '/assignments/nobody')).status).toBe(404);
    expect((await call('GET', '/assignments')).body['assignments']).toHaveLength(2);
    expect((await audit()).filter(({ action }) => action === 'role:assign')).toHaveLength(2);
  });
});
