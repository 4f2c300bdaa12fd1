import type { JsonObject } from '../../contract/json-object.ts';
import { portalRoleSlug, roleId, roleVersion, settingVersions } from '../../identity/index.ts';
import { sql, type TenantQueries } from '../../storage/index.ts';
import { providerVersions } from './identity-providers.ts';
import type { Portal } from './portal.ts';
import type { PortalPages } from './portal-pages.ts';
import { readViewRecords, type ViewRecords } from './view-records.ts';

/** Everything that users see of a portal besides its own record. */
export interface PortalContent {
  readonly records: ViewRecords;
  readonly pages: readonly JsonObject[];
}

interface KeptContent {
  readonly revision: number;
  readonly versions: string;
  readonly content: PortalContent;
}

const MOST_KEPT = 200;

/**
 * What users see of portals, kept in memory. One small statement per question tells whether each row it was read from is still the same, so that no
 * answer is ever stale, whichever process wrote. Not for use inside a transaction.
 */
export class PortalContents {
  readonly #pages: Pick<PortalPages, 'list' | 'versions'>;
  readonly #kept = new Map<string, KeptContent>();

  constructor(pages: Pick<PortalPages, 'list' | 'versions'>) {
    this.#pages = pages;
  }

  /** The content of a portal as it is stored now; the very same object while nothing of it changes. */
  async of(queries: TenantQueries, portal: Portal): Promise<PortalContent> {
    const { portalId, revision } = portal;
    // Read before the content: what is written in between is in the content, and the next question finds other versions.
    const versions = await this.#versionsOf(queries, portal);
    const kept = this.#kept.get(portalId);
    if (kept?.revision === revision && kept.versions === versions) return kept.content;
    const records = await readViewRecords(queries, portal);
    const content = { records, pages: await this.#pages.list(queries, portalId) };
    this.#keep(portalId, { revision, versions, content });
    return content;
  }

  async #versionsOf(queries: TenantQueries, { org, portalId, origin }: Portal): Promise<string> {
    const role = roleId(org, portalRoleSlug(portalId));
    const row = await queries.first<{ versions: string }>(sql`
      select concat_ws(';', coalesce(${settingVersions(org)}, ''), coalesce(${providerVersions(org, origin)}, ''),
                       coalesce(${roleVersion(org, role)}, ''), coalesce(${this.#pages.versions(org, portalId)}, '')) as versions`);
    return row?.versions ?? '';
  }

  #keep(portalId: string, content: KeptContent): void {
    this.#kept.delete(portalId);
    this.#kept.set(portalId, content);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(oldest);
    }
  }
}
