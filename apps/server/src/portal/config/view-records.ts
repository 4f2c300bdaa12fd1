import type { JsonObject } from '../../contract/json-object.ts';
import {
  type Grant,
  grantsOfRole,
  portalRoleSlug,
  readGrants,
  roleId,
  settingsOf,
} from '../../identity/index.ts';
import { sql, type TenantQueries } from '../../storage/index.ts';
import { type ProviderRow, providerFromRow, providersOf, type StoredProvider } from './identity-providers.ts';
import type { Portal } from './portal.ts';

/** What a configuration shows besides what is stored in it. */
export interface ViewRecords {
  /** The organisation's settings by key. */
  readonly settings: JsonObject;
  readonly providers: readonly StoredProvider[];
  /** Of the portal's role; none while there is no role. */
  readonly grants: readonly Grant[];
}

/** Reads what views of a configuration show besides: settings, identity providers of the origin and the grants of the portal's users, in one statement. */
export async function readViewRecords(queries: TenantQueries, portal: Portal): Promise<ViewRecords> {
  const { org } = queries;
  const role = roleId(portal.org, portalRoleSlug(portal.portalId));
  const row = await queries.first<{
    settings: JsonObject;
    providers: readonly ProviderRow[];
    grants: unknown;
  }>(sql`
    select (${settingsOf(org)}) as settings, (${providersOf(org, portal.origin)}) as providers,
           (${grantsOfRole(org, role)}) as grants`);
  return {
    settings: row?.settings ?? {},
    providers: (row?.providers ?? []).map(providerFromRow),
    grants: readGrants(row?.grants),
  };
}
