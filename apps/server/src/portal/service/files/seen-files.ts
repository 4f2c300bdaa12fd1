import { type Sql, sql, type TenantQueries } from '../../../storage/index.ts';

/** Which of some files a portal user has opened, downloaded or uploaded before. */
export async function seenFiles(
  queries: TenantQueries,
  portalUserId: string,
  fileIds: readonly string[],
): Promise<Set<string>> {
  if (fileIds.length === 0) return new Set();
  const rows = await queries.query<{ file_id: string }>(sql`
    select file_id from portal_file_seen
     where org_id = ${queries.org} and portal_user_id = ${portalUserId} and file_id = any(${[...fileIds]}::uuid[])`);
  return new Set(rows.map((row) => row.file_id));
}

/** Whether a portal user knows the file in the row `e` of `entity`. */
export function isSeen(org: string, portalUserId: string): Sql {
  return sql`exists (select 1 from portal_file_seen s where s.org_id = ${org} and s.portal_user_id = ${portalUserId} and s.file_id = e.id)`;
}

/** Remembers that a portal user knows files; doing it again changes nothing. `now` is UTC. */
export async function markSeen(
  queries: TenantQueries,
  portalUserId: string,
  fileIds: readonly string[],
  now: Date,
): Promise<void> {
  await queries.run(sql`
    insert into portal_file_seen (org_id, portal_user_id, file_id, seen_at)
    select ${queries.org}, ${portalUserId}, id, ${now} from unnest(${[...fileIds]}::uuid[]) as id
    on conflict do nothing`);
}
