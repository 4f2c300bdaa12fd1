import { asObject } from '../../../contract/json-object.ts';
import type { SearchScope } from '../../../entities/search/index.ts';
import { forbidden } from '../../../refusal.ts';
import { type Sql, sql } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';

/** Throws 403 when the portal does not show bills: `feature_settings.billing` (spec/portal.md §7). */
export function requireBilling(access: PortalAccess): void {
  if (asObject(access.portal.config['feature_settings'])['billing'] !== true) {
    throw forbidden('Not permitted: this portal does not show billing');
  }
}

/**
 * The billing events a portal user may look at: those in reach, and those of orders in reach, since the `contract` relation of an event may
 * name an order (spec/portal.md §7.1). With owners only events related to one of them. Throws 403 when the role does not grant billing events.
 * @param owners ids of accessible contracts, orders or billing accounts
 */
export async function billingEventScope(
  access: PortalAccess,
  org: string,
  owners?: readonly string[],
): Promise<SearchScope> {
  const gate = await access.scopeOf(['billing_event']);
  const all: Sql =
    'ids' in gate
      ? sql`select id from unnest(${[...gate.ids]}::uuid[]) as id`
      : sql`select id from (${gate.reachable}) in_reach union ${eventsOfOrders(access, org)}`;
  if (owners === undefined) return { reachable: all };
  return {
    reachable: sql`
      select id from (${all}) seen
       where id in (select from_id from entity_edge where org_id = ${org} and to_id = any(${[...owners]}::uuid[])
                    union select to_id from entity_edge where org_id = ${org} and from_id = any(${[...owners]}::uuid[]))`,
  };
}

function eventsOfOrders(access: PortalAccess, org: string): Sql {
  if (!access.allowsSchema('order')) return sql`select null::uuid as id where false`;
  return sql`select from_id from entity_edge
              where org_id = ${org} and from_schema = 'billing_event' and attribute = 'contract'
                and to_id in (${access.reachable(['order'])})`;
}
