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
 * The billing events a portal user may look at: those in reach, and those of orders and own billing accounts, since the `contract`
 * relation of an event may name these, too (spec/portal.md §7.1). With owners only events related to one of them. Throws 403 when the role does
 * not grant billing events.
 * @param owners ids of accessible contracts, orders or billing accounts
 */
export async function billingEventScope(
  access: PortalAccess,
  org: string,
  owners?: readonly string[],
): Promise<SearchScope> {
  const gate = await access.scopeOf(['billing_event']);
  const all: Sql =
    'ids' in gate ? sql`select id from unnest(${[...gate.ids]}::uuid[]) as id` : eventsInReach(access, org);
  if (owners === undefined) return { reachable: all };
  return {
    reachable: sql`
      select id from (${all}) seen
       where id in (select from_id from entity_edge where org_id = ${org} and to_id = any(${[...owners]}::uuid[])
                    union select to_id from entity_edge where org_id = ${org} and from_id = any(${[...owners]}::uuid[]))`,
  };
}

/**
 * Events in reach, and those whose `contract` relation names no contract: those of orders in reach, and of billing accounts that are the contact
 * set's own. An account reached through a contract only may hold the bills of others. One walk finds events, orders and accounts.
 */
function eventsInReach(access: PortalAccess, org: string): Sql {
  const contacts = [...access.user.contactIds];
  const ownAccounts = sql`
    select to_id from entity_edge where org_id = ${org} and from_id = any(${contacts}::uuid[]) and to_schema = 'billing_account'
    union
    select from_id from entity_edge where org_id = ${org} and to_id = any(${contacts}::uuid[]) and from_schema = 'billing_account'`;
  const holders = ['order', 'billing_account'].filter((schema) => access.allowsSchema(schema));
  return sql`
    with walked as materialized (${access.reachableWithSchema(['billing_event', ...holders])})
    select id from walked where schema = 'billing_event'
    union
    select g.from_id from walked w join entity_edge g on g.to_id = w.id
     where g.org_id = ${org} and g.from_schema = 'billing_event' and g.attribute = 'contract'
       and (w.schema = 'order' or (w.schema = 'billing_account' and w.id in (${ownAccounts})))`;
}
