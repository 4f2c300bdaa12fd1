import { portalRoleSlug, roleId } from '../../../identity/index.ts';
import { type PortalCustomer, portalCustomer } from '../../service/testing/portal-customer.ts';

export { relatedTo } from '../../service/testing/portal-customer.ts';

/** A grant as tests write it: an action, and a resource with `:`. */
export type TestGrant = readonly [action: string, resource: string];

/** A customer whose portal role grants more than the one a new portal starts with. */
export async function customerWithGrants(
  config: object = {},
  grants: readonly TestGrant[] = [],
): Promise<PortalCustomer> {
  const customer = await portalCustomer(config);
  const { database } = customer.server.busbar.storage;
  const { organisations } = customer.server.busbar.rooms.identity;
  const id = roleId(customer.org, portalRoleSlug(customer.portalId));
  await database.tenant(customer.org).transaction(async (tx) => {
    const role = await organisations.role(tx, id);
    if (!role) throw new Error('A new portal has a role');
    const added = grants.map(([action, resource]) => ({ action, resource }));
    await organisations.putRole(tx, { ...role, grants: [...role.grants, ...added] });
  });
  return customer;
}

/** A customer whose portal role grants exactly this. */
export async function customerWithRole(
  config: object,
  grants: readonly {
    readonly action: string;
    readonly resource?: string;
    readonly effect?: 'deny';
    readonly conditions?: readonly { operation: 'equals'; attribute: string; values: readonly unknown[] }[];
  }[],
): Promise<PortalCustomer> {
  const customer = await portalCustomer(config);
  const { organisations } = customer.server.busbar.rooms.identity;
  const id = roleId(customer.org, portalRoleSlug(customer.portalId));
  await customer.server.busbar.storage.database.tenant(customer.org).transaction(async (tx) => {
    const role = await organisations.role(tx, id);
    if (!role) throw new Error('A new portal has a role');
    await organisations.putRole(tx, { ...role, grants: [...grants] });
  });
  return customer;
}
