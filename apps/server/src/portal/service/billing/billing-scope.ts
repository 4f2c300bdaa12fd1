import { asObject } from '../../../contract/json-object.ts';
import type { SearchScope } from '../../../entities/search/index.ts';
import { forbidden } from '../../../refusal.ts';
import { join, type Sql, sql } from '../../../storage/index.ts';
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
    'ids' in gate
      ? sql`select id from unnest(${[...gate.ids]}::uuid[]) as id`
      : sql`select id from (${gate.reachable}) in_reach union ${eventsOfOthers(access, org)}`;
  if (owners === undefined) return { reachable: all };
  return {
    reachable: sql`
      select id from (${all}) seen
       where id in (select from_id from entity_edge where org_id = ${org} and to_id = any(${[...owners]}::uuid[])
                    union select to_id from entity_edge where org_id = ${org} and from_id = any(${[...owners]}::uuid[]))`,
  };
}

/**
 * Events whose `contract` relation names no contract: those of orders in reach, and of billing accounts that are the contact set's own. An account
 * reached through a contract only may hold the bills of others.
 */
function eventsOfOthers(access: PortalAccess, org: string): Sql {
  const contacts = [...access.user.contactIds];
  const isOwn = sql`to_id in (
    select to_id from entity_edge where org_id = ${org} and from_id = any(${contacts}::uuid[]) and to_schema = 'billing_account'
    union
    select from_id from entity_edge where org_id = ${org} and to_id = any(${contacts}::uuid[]) and from_schema = 'billing_account')`;
  const reached = (schema: string) => sql`to_id in (${access.reachable([schema])})`;
  const owners = [
    ...(access.allowsSchema('order') ? [reached('order')] : []),
    ...(access.allowsSchema('billing_account') ? [sql`(${isOwn} and ${reached('billing_account')})`] : []),
  ];
  if (owners.length === 0) return sql`select null::uuid as id where false`;
  return sql`select from_id from entity_edge
              where org_id = ${org} and from_schema = 'billing_event' and attribute = 'contract' and (${join(owners, ' or ')})`;
}
