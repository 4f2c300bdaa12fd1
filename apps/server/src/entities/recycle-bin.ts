import { type Database, sql } from '../storage/index.ts';
import type { EntityGraph } from './entity-graph.ts';
import type { ChangeSource } from './writing/entity-change.ts';

/** Days a deleted entity can be restored (spec/entities.md §6.1). */
const KEPT_DAYS = 30;
const DAY = 86_400_000;
const RETENTION: ChangeSource = { kind: 'system', actor: { type: 'system' }, label: 'recycle_bin' };

/**
 * Purges entities of all organisations that have been in the recycle bin for more than 30 days, the oldest first, at most `limit`. Answers how
 * many there were; call again while that is the limit.
 */
export async function emptyRecycleBin(
  database: Database,
  graph: EntityGraph,
  now: Date,
  limit: number,
): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * DAY);
  const expired = await database.system.query<{ org_id: string; id: string }>(
    sql`select org_id, id from entity where deleted_at < ${before} order by deleted_at limit ${limit}`,
  );
  for (const [org, rows] of Map.groupBy(expired, (row) => row.org_id)) {
    await database.tenant(org).transaction((tx) => {
      const purges = rows.map(({ id }) => ({ kind: 'purge' as const, id }));
      return graph.write(tx, purges, { source: RETENTION });
    });
  }
  return expired.length;
}
