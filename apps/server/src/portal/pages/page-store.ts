import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { sameJson } from '../../entities/index.ts';
import {
  json,
  rowVersions,
  type Sql,
  sql,
  type TenantQueries,
  type TenantTransaction,
} from '../../storage/index.ts';
import { blocksOf, orderedPages, type Page } from './page.ts';

interface Row {
  readonly org_id: string;
  readonly page_id: string;
  readonly portal_id: string;
  readonly page: unknown;
  readonly last_modified_at: Date;
  readonly domain: string | null;
}

/** All pages of a portal as clients read them, by `order` and slug. */
export async function listPages(queries: TenantQueries, portalId: string): Promise<JsonObject[]> {
  const rows = await select(queries, sql`g.portal_id = ${portalId}`);
  return orderedPages(rows.map(toWire));
}

/** A subselect of one text that differs whenever pages of a portal have changed; what they show of the portal itself is in its revision. */
export function pageVersions(org: string, portalId: string): Sql {
  return rowVersions('portal_page', sql`t.org_id = ${org} and t.portal_id = ${portalId}`);
}

/** One page as clients read it, whichever portal of the organisation it belongs to. */
export async function findPage(queries: TenantQueries, pageId: string): Promise<JsonObject | undefined> {
  const row = (await select(queries, sql`g.page_id = ${pageId}`))[0];
  return row && toWire(row);
}

/** The pages of a portal for a change; nobody else changes them before the transaction ends. */
export async function lockPages(tx: TenantTransaction, portalId: string): Promise<Page[]> {
  const key = `portal_pages:${tx.org}:${portalId}`;
  await tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
  return (await select(tx, sql`g.portal_id = ${portalId}`)).map(fromRow);
}

/** Which of some ids belong to pages of other portals of the organisation. */
export async function idsElsewhere(
  tx: TenantTransaction,
  portalId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ page_id: string }>(sql`
    select page_id from portal_page
     where org_id = ${tx.org} and portal_id <> ${portalId} and page_id = any(${[...ids]}::text[])`);
  return new Set(rows.map(({ page_id }) => page_id));
}

/** Writes the difference between the pages of a portal before and after a change. */
export async function writePages(
  tx: TenantTransaction,
  portalId: string,
  before: readonly Page[],
  after: readonly Page[],
  now: Date,
): Promise<void> {
  const kept = new Set(after.map(({ id }) => id));
  const gone = before.map(({ id }) => id).filter((id) => !kept.has(id));
  if (gone.length > 0) {
    await tx.run(sql`delete from portal_page where org_id = ${tx.org} and page_id = any(${gone}::text[])`);
  }
  const stored = new Map(before.map((page) => [page.id, page]));
  for (const page of after) {
    if (sameJson(stored.get(page.id), page)) continue;
    const { id, ...document } = page;
    await tx.run(sql`
      insert into portal_page (org_id, page_id, portal_id, page, last_modified_at)
      values (${tx.org}, ${id}, ${portalId}, ${json(document)}::jsonb, ${now})
      on conflict (org_id, page_id) do update
         set page = excluded.page, last_modified_at = excluded.last_modified_at`);
  }
}

/** Exchanges all pages of two portals; ids stay. */
export async function swapPages(tx: TenantTransaction, one: string, other: string): Promise<void> {
  await tx.run(sql`
    update portal_page set portal_id = case portal_id when ${one} then ${other}::text else ${one}::text end
     where org_id = ${tx.org} and portal_id in (${one}, ${other})`);
}

/** Removes all pages of a portal. */
export async function removePages(tx: TenantTransaction, portalId: string): Promise<void> {
  await tx.run(sql`delete from portal_page where org_id = ${tx.org} and portal_id = ${portalId}`);
}

async function select(queries: TenantQueries, condition: Sql): Promise<readonly Row[]> {
  return queries.query<Row>(sql`
    select g.org_id, g.page_id, g.portal_id, g.page, g.last_modified_at, p.config ->> 'domain' as domain
      from portal_page g left join portal p on p.org_id = g.org_id and p.portal_id = g.portal_id
     where g.org_id = ${queries.org} and ${condition}`);
}

function fromRow(row: Row): Page {
  const document = asObject(row.page);
  const past = document['past_routes'];
  return {
    ...document,
    id: row.page_id,
    slug: String(document['slug']),
    order: Number(document['order']),
    past_routes: Array.isArray(past) ? past.filter((slug) => typeof slug === 'string') : [],
    blocks: blocksOf(document),
  };
}

/** Published pages carry more than the contract names; clients of the original read it (portal §3.5). */
function toWire(row: Row): JsonObject {
  return {
    ...fromRow(row),
    is_deleted: false,
    last_modified_at: row.last_modified_at.toISOString(),
    org_id: row.org_id,
    portal_id: row.portal_id,
    portal_sk_v3: `PORTAL_PAGE#${row.portal_id}#${String(asObject(row.page)['slug'])}`,
    ...(row.domain === null ? {} : { domain: row.domain }),
  };
}
