import { readInstant } from '../../contract/request-instant.ts';
import { invalid } from '../../refusal.ts';
import { join, sql, type TenantQueries } from '../../storage/index.ts';
import type { Document } from '../model/document.ts';
import { relatedIds } from '../reading/related-ids.ts';
import type { ActivityOperation } from './activity.ts';
import { type ActivityRow, readOperations } from './store.ts';

/** Which part of a feed is asked for; the instants are ISO UTC. At most one way of bounding the time may be used. */
export interface FeedQuery {
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly start_date?: string | undefined;
  readonly end_date?: string | undefined;
  readonly preset_range?: 'today' | 'this_week' | 'last_week' | undefined;
  readonly type?: readonly string[] | undefined;
  readonly from?: number | undefined;
  readonly size?: number | undefined;
  readonly include_relations?: boolean | undefined;
}

export interface FeedPage {
  readonly total: number;
  readonly results: readonly Document[];
}

const DEFAULT_SIZE = 25;
const MOST_SIZE = 1_000;
/** Operations shown per activity; `operations_total` tells when there are more. */
const MOST_OPERATIONS = 10;
const DAY = 86_400_000;

/** Reduces an operation to what its reader may see; undefined leaves it out. */
export type ShowOperation = (operation: ActivityOperation) => ActivityOperation | undefined;

/**
 * The activities of an entity, newest first, with their operations (spec/entities.md §10). `after` and `before` are exclusive, `start_date`
 * and `end_date` inclusive; days and weeks (from Monday) are UTC. With `include_relations` also those of direct and reverse neighbours.
 * @throws Refusal 400 when several ways of bounding the time are used, or half a date range
 */
export async function readFeed(
  queries: TenantQueries,
  entityId: string,
  query: FeedQuery,
  now: Date,
  show: ShowOperation = (operation) => operation,
): Promise<FeedPage> {
  const { after, before, start, end } = timeBounds(query, now);
  const neighbours = query.include_relations ? await relatedIds(queries, [entityId]) : [];
  const ids = [entityId, ...neighbours.map(({ id }) => id)];
  const types = query.type && query.type.length > 0 ? [...query.type] : null;
  const conditions = join(
    [
      sql`a.org_id = ${queries.org}`,
      sql`not a.pending`,
      sql`a.id in (select o.activity_id from activity_operation o where o.org_id = ${queries.org} and o.entity_id = any(${ids}::uuid[])
                   union select t.activity_id from activity_attachment t
                          where t.org_id = ${queries.org} and t.entity_id = any(${ids}::uuid[]))`,
      sql`(${types}::text[] is null or a.type = any(${types}::text[]))`,
      ...(after ? [sql`a.timestamp > ${after}`] : []),
      ...(before ? [sql`a.timestamp < ${before}`] : []),
      ...(start ? [sql`a.timestamp >= ${start}`] : []),
      ...(end ? [sql`a.timestamp <= ${end}`] : []),
    ],
    ' and ',
  );
  const rows = await queries.query<ActivityRow>(sql`
    select a.id, a.timestamp, a.type, a.title, a.message, a.payload, a.caller, a.pending
      from activity a where ${conditions} order by a.timestamp desc, a.id desc
    offset ${query.from ?? 0} limit ${Math.min(query.size ?? DEFAULT_SIZE, MOST_SIZE)}`);
  const counted = await queries.first<{ total: number }>(
    sql`select count(*) as total from activity a where ${conditions}`,
  );
  const operations = await readOperations(
    queries,
    rows.map(({ id }) => id),
    { from: 0, size: MOST_OPERATIONS },
  );
  const results = rows.map((row) => activityToWire(row, operations.get(row.id), show));
  return { total: counted?.total ?? 0, results };
}

/** The JSON of an activity (contract schema `ActivityItem`). */
export function activityToWire(
  row: ActivityRow,
  attached: OperationPage | undefined,
  show: ShowOperation = (operation) => operation,
): Document {
  return {
    ...activityHeadToWire(row),
    operations_total: attached?.total ?? 0,
    operations: (attached?.operations ?? []).flatMap((stored) => {
      const operation = show(stored);
      if (!operation) return [];
      return [
        {
          ...operation,
          ...(operation.operation === 'createEntity' ? { payload: operation.diff.added } : {}),
          activity_id: row.id,
          activity_type: row.type,
        },
      ];
    }),
  };
}

interface OperationPage {
  readonly total: number;
  readonly operations: readonly ActivityOperation[];
}

/** The JSON of an activity without its operations (contract schema `BaseActivityItem`). */
export function activityHeadToWire({ id, timestamp, ...head }: ActivityRow): Document {
  return { _id: id, timestamp: timestamp.toISOString(), ...head };
}

interface TimeBounds {
  readonly after?: Date;
  readonly before?: Date;
  readonly start?: Date;
  readonly end?: Date;
}

function timeBounds(query: FeedQuery, now: Date): TimeBounds {
  const { after, before, start_date, end_date, preset_range } = query;
  const used = [after, before, start_date ?? end_date, preset_range].filter((value) => value !== undefined);
  if (used.length > 1) {
    throw invalid({
      path: 'after',
      message: 'after, before, start_date with end_date, and preset_range exclude each other',
    });
  }
  if ((start_date === undefined) !== (end_date === undefined)) {
    throw invalid({
      path: start_date === undefined ? 'start_date' : 'end_date',
      message: 'is required with the other one',
    });
  }
  if (after !== undefined) return { after: readInstant(after, 'after') };
  if (before !== undefined) return { before: readInstant(before, 'before') };
  if (start_date !== undefined && end_date !== undefined) {
    return { start: readInstant(start_date, 'start_date'), end: readInstant(end_date, 'end_date') };
  }
  return preset_range === undefined ? {} : presetBounds(preset_range, now);
}

function presetBounds(range: 'today' | 'this_week' | 'last_week', now: Date): TimeBounds {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  const monday = today - ((now.getUTCDay() + 6) % 7) * DAY;
  if (range === 'today') return { start: new Date(today) };
  if (range === 'this_week') return { start: new Date(monday) };
  return { start: new Date(monday - 7 * DAY), before: new Date(monday) };
}
