import { describe, expect, it } from 'vitest';
import { addPortal, addPortalUser, type TestIdentity, testIdentity } from '../testing/test-identity.ts';
import type { ApiPrincipal, PortalPrincipal } from './principal.ts';
import type { Role } from './roles/role.ts';

function client(org: string, ...slugs: string[]): ApiPrincipal {
  const roles = slugs.map((slug) => `${org}:${slug}`);
  return { kind: 'api_client', org, tokenId: 'api_1', name: 't', roles, readOnly: false };
}

function put({ identity, database, org }: TestIdentity, slug: string, role: Partial<Role>): Promise<void> {
  return database.tenant(org).transaction((tx) =>
    identity.organisations.putRole(tx, {
      ...{ id: `${org}:${slug}`, slug, name: slug, type: 'user_role', grants: [] },
      ...{ parentRole: undefined, expiresAt: undefined },
      ...role,
    }),
  );
}

describe('what callers may do', () => {
  it.each([
    ['owner', 'role:delete', true],
    ['manager', 'entity:delete', true],
    ['manager', 'customer_portal:edit', true],
    ['manager', 'token:create', false],
    ['integration', 'integration:manage', true],
    ['integration', 'customer_portal:view', false],
    ['readonly', 'entity:view', true],
    ['readonly', 'entity:attribute:view', true],
    ['readonly', 'entity:edit', false],
    ['nobody', 'entity:view', false],
  ])('a new organisation lets %s do %s: %s', async (slug, action, expected) => {
    const { identity, org } = await testIdentity();
    expect(await identity.access.isAllowed(client(org, slug), action, 'contact:1')).toBe(expected);
  });

  it('inherits one parent, and drops expired and foreign roles', async () => {
    const setup = await testIdentity();
    const { identity, org, clock } = setup;
    await put(setup, 'base', { type: 'share_role', grants: [{ action: 'file:view' }] });
    await put(setup, 'child', { parentRole: `${org}:base` });
    await put(setup, 'old', { grants: [{ action: 'entity:view' }], expiresAt: clock.now() });
    const may = (caller: ApiPrincipal, action: string) => identity.access.isAllowed(caller, action, 'x:1');
    expect(await may(client(org, 'child'), 'file:view')).toBe(true);
    expect(await may(client(org, 'old'), 'entity:view')).toBe(false);
    expect(await may({ ...client(org), roles: ['1:owner'] }, 'entity:view')).toBe(false);
  });

  it('sees a changed role at once in this process', async () => {
    const setup = await testIdentity();
    const ask = () => setup.identity.access.isAllowed(client(setup.org, 'r'), 'file:view', 'file:1');
    expect(await ask()).toBe(false);
    await put(setup, 'r', { grants: [{ action: 'file:view' }] });
    expect(await ask()).toBe(true);
  });

  it('names the action it refuses', async () => {
    const { identity, org } = await testIdentity();
    const refused = identity.access.requireGrant(
      { principal: client(org, 'readonly') },
      'entity:edit',
      'contact:1',
    );
    await expect(refused).rejects.toMatchObject({ status: 403, message: 'Not permitted: entity:edit' });
  });

  it('holds portal users to their portal role, without a ceiling', async () => {
    const setup = await testIdentity();
    const { portalId } = await addPortal(setup);
    const { portalUserId, email, contactId } = await addPortalUser(setup, portalId);
    await put(setup, 'root', { type: 'org_role', grants: [] });
    const view = { action: 'entity:view', resource: 'contract:*' };
    await put(setup, `portal_${portalId}`, { type: 'portal_role', grants: [view] });
    const user: PortalPrincipal = {
      ...{
        kind: 'portal_user',
        org: setup.org,
        portalId,
        origin: 'END_CUSTOMER_PORTAL',
        portalUserId,
        email,
      },
      ...{
        contactId,
        contactIds: [contactId],
        sessionId: undefined,
        impersonator: undefined,
        readOnly: false,
      },
    };
    const rights = await setup.identity.access.rightsOf(user);
    expect(rights.allows('entity:view', 'contract:1')).toBe(true);
    expect(rights.allows('entity:edit', 'contract:1')).toBe(false);
    expect(rights.visible('contract', { _id: '1', a: 1 }, (name) => ({ name, groups: [] }))).toEqual({
      _id: '1',
    });
  });

  it('grants publishable tokens and strangers nothing', async () => {
    const { identity, org } = await testIdentity();
    const publishable = {
      kind: 'public_token',
      org,
      tokenId: 't',
      portalId: undefined,
      journeyId: 'j',
    } as const;
    expect(await identity.access.isAllowed(publishable, 'entity:view', 'contact:1')).toBe(false);
    expect(await identity.access.isAllowed({ kind: 'anonymous', org: undefined }, 'entity:view', 'x')).toBe(
      false,
    );
  });
});

describe('browser origins', () => {
  it('are portal sites over https', async () => {
    const setup = await testIdentity();
    const { domain } = await addPortal(setup);
    const origins = [
      `https://${domain}`,
      `http://${domain}`,
      'https://elsewhere.example',
      'null',
      `https://x.${domain}`,
    ];
    const verdicts = await Promise.all(origins.map((origin) => setup.identity.isPortalOrigin(origin)));
    expect(verdicts).toEqual([true, false, false, false, false]);
  });
});
