import { describe, expect, it } from 'vitest';
import type { PortalPrincipal } from '../../../identity/index.ts';
import { Portals, portalAccess } from '../../index.ts';
import type { PortalCustomer } from '../../service/testing/portal-customer.ts';
import { customerWithGrants, relatedTo } from '../testing/customer-with-grants.ts';
import { assignContracts } from './assign-contract.ts';
import type { HookedAssignment } from './contract-hook.ts';

/** Adds contracts with a third party that always finds the same. */
async function add(me: PortalCustomer, found: HookedAssignment | undefined) {
  const { entities: graph, identity } = me.server.busbar.rooms;
  const { database } = me.server.busbar.storage;
  const { clock } = me.server;
  const principal: PortalPrincipal = {
    ...{ kind: 'portal_user', org: me.org, portalId: me.portalId, origin: 'END_CUSTOMER_PORTAL' },
    ...{
      portalUserId: me.portalUserId,
      contactId: me.contactId,
      contactIds: [me.contactId],
      email: 'kim@example.org',
    },
    ...{ sessionId: undefined, impersonator: undefined, readOnly: false },
  };
  const platform = {
    accessOf: portalAccess({ access: identity.access, portals: new Portals(database), clock }),
    rightsOf: () => identity.access.rightsOf(principal),
    oldestPortal: async () => undefined,
    pages: { list: async () => [] },
    settingOf: async () => undefined,
    contractHook: { isChosen: () => true, identify: async () => found },
    graph,
    clock,
  };
  const call = { principal, tenant: database.tenant(me.org) };
  return (await assignContracts(platform, call, { contract: { code: 'x' } })).map(({ _id }) => _id);
}

describe('contracts that a hook identifies', () => {
  it('makes the contact a customer of named contracts; unknown and foreign ids are ignored', async () => {
    const [me, other] = [await customerWithGrants(), await customerWithGrants()];
    const own = await me.create('contract', { customer: relatedTo(me.contactId) });
    const added = await me.create('contract', {});
    const foreign = await other.create('contract', {});
    const contractIds = [own, added, foreign, '5da0a718-c822-403d-9f5d-20d4584e0528', 'nonsense'];
    expect(await add(me, { mode: 'contracts', contractIds })).toEqual([added]);
    expect((await me.ask('GET', `/v2/portal/contract/${added}`)).status).toBe(200);
    expect(await add(me, { mode: 'contracts', contractIds })).toEqual([]);
    expect(await add(me, undefined)).toEqual([]);
  });

  it('takes over the contracts of a contact, and relates the two where asked to', async () => {
    const me = await customerWithGrants();
    const owner = await me.create('contact', { first_name: 'Ada' });
    const contract = await me.create('contract', { customer: relatedTo(owner) });
    const found = {
      mode: 'contact_to_contracts',
      contactId: owner,
      relationAttribute: 'related_contacts',
    } as const;
    expect(await add(me, found)).toEqual([contract]);
    const shown = await me.ask('GET', '/v2/portal/contact');
    expect(shown.body['entity']).toMatchObject({ related_contacts: { $relation: [{ entity_id: owner }] } });
  });

  it('lets the user represent a contact without touching business data', async () => {
    const me = await customerWithGrants();
    const owner = await me.create('contact', { first_name: 'Ada' });
    const contract = await me.create('contract', { customer: relatedTo(owner) });
    expect(await add(me, { mode: 'contact_to_portal_user', contactId: owner })).toEqual([contract]);
    const shown = await me.ask('GET', `/v2/portal/contract/${contract}`);
    expect(shown.body).toMatchObject({ entity: { customer: { $relation: [{ entity_id: owner }] } } });
    expect(JSON.stringify(shown.body['entity']?.['customer'])).not.toContain(me.contactId);
  });
});
