import type { JsonObject } from '../../contract/json-object.ts';
import type { Call } from '../../http/call.ts';
import type { Sql, TenantQueries, TenantTransaction } from '../../storage/index.ts';
import type { Portal } from './portal.ts';

/** What the configuration asks of the part that owns pages and blocks (portal §3.5). Pages are in the contract's form, blocks by id. */
export interface PortalPages {
  /** Every live page as it is stored, by `order` and slug. */
  list(queries: TenantQueries, portalId: string): Promise<readonly JsonObject[]>;
  /** A subselect of one text that differs whenever pages of the portal have changed. */
  versions(org: string, portalId: string): Sql;
  /**
   * The pages that a signed-in portal user gets of the stored ones: visible ones, interpolated. Where nothing in them depends on who asks and when,
   * the same stored pages give the very same answer to all with the same rights.
   */
  visibleTo(
    call: Call<unknown>,
    portal: Portal,
    stored: readonly JsonObject[],
  ): Promise<readonly JsonObject[]>;
  /** Creates and changes pages, removes those with `is_deleted`, leaves all others alone. Throws 400 for pages that cannot be used. */
  upsert(
    tx: TenantTransaction,
    portalId: string,
    pages: readonly unknown[],
    mode: 'id' | 'slug',
  ): Promise<void>;
  /** The starter set of a new portal. */
  createDefaults(tx: TenantTransaction, portalId: string): Promise<void>;
  /** Detail pages exist for exactly these schemas afterwards, as far as the server made them. */
  syncDetailPages(tx: TenantTransaction, portalId: string, schemas: readonly string[]): Promise<void>;
  /** Exchanges all pages of two portals. */
  swap(tx: TenantTransaction, portalId: string, otherPortalId: string): Promise<void>;
  /** Removes all pages of a portal. */
  removeAll(tx: TenantTransaction, portalId: string): Promise<void>;
}
