import { json, sql, type TenantQueries, type TenantTransaction } from '../../storage/index.ts';
import type { Document } from '../model/document.ts';
import type { Activity, ActivityOperation } from './activity.ts';
import { publishActivities } from './published-activities.ts';

export interface ActivityRow {
  id: string;
  timestamp: Date;
  type: string;
  title: string;
  message: string;
  payload: Document;
  caller: Document;
  pending: boolean;
}

/** Appends activities, and has other systems told of those that concern them. */
export async function insertActivities(
  tx: TenantTransaction,
  activities: readonly Activity[],
): Promise<void> {
  if (activities.length === 0) return;
  await tx.run(sql`
    insert into activity (org_id, id, timestamp, type, title, message, payload, caller, pending)
    select ${tx.org}, id, timestamp, type, title, message, payload, caller, pending
      from jsonb_to_recordset(${json(activities)}::jsonb) as a(id text, timestamp timestamptz, type text, title text,
           message text, payload jsonb, caller jsonb, pending boolean)`);
  await publishActivities(tx, activities);
}

export interface OperationOf {
  readonly activityId: string;
  readonly operation: ActivityOperation;
}

/** Appends operations behind those that their activities already have. */
export async function insertOperations(
  tx: TenantTransaction,
  operations: readonly OperationOf[],
): Promise<void> {
  if (operations.length === 0) return;
  const rows = operations.map(({ activityId, operation }, place) => ({
    activity: activityId,
    entity: operation.entity,
    place,
    operation,
  }));
  await tx.run(sql`
    insert into activity_operation (org_id, activity_id, entity_id, position, operation)
    select ${tx.org}, o.activity, o.entity, o.place + coalesce((select max(position) + 1 from activity_operation e
             where e.org_id = ${tx.org} and e.activity_id = o.activity), 0), o.operation
      from jsonb_to_recordset(${json(rows)}::jsonb) as o(activity text, entity uuid, place integer, operation jsonb)`);
}

/** Locks an activity; undefined when there is none with this id. */
export function lockActivity(tx: TenantTransaction, id: string): Promise<ActivityRow | undefined> {
  return tx.first<ActivityRow>(sql`
    select id, timestamp, type, title, message, payload, caller, pending from activity
     where org_id = ${tx.org} and id = ${id} for update`);
}

/** Ends the pending state of an activity. */
export async function finishActivity(tx: TenantTransaction, id: string): Promise<void> {
  await tx.run(sql`update activity set pending = false where org_id = ${tx.org} and id = ${id}`);
}

/** Removes purged entities from all activities, and the activities that then concern nobody. */
export async function removeActivityOf(tx: TenantTransaction, entityIds: readonly string[]): Promise<void> {
  if (entityIds.length === 0) return;
  const ids = [...entityIds];
  const rows = await tx.query<{ activity_id: string }>(sql`
    with operations as (
      delete from activity_operation where org_id = ${tx.org} and entity_id = any(${ids}::uuid[]) returning activity_id
    ), attachments as (
      delete from activity_attachment where org_id = ${tx.org} and entity_id = any(${ids}::uuid[]) returning activity_id
    )
    select activity_id from operations union select activity_id from attachments`);
  if (rows.length === 0) return;
  await tx.run(sql`
    delete from activity a
     where a.org_id = ${tx.org} and a.id = any(${rows.map((row) => row.activity_id)}::text[])
       and not exists (select 1 from activity_operation o where o.org_id = ${tx.org} and o.activity_id = a.id)
       and not exists (select 1 from activity_attachment t where t.org_id = ${tx.org} and t.activity_id = a.id)`);
}

/** The operations of several activities, at most `most` of each, in order, with the total number per activity. */
export async function readOperations(
  queries: TenantQueries,
  activityIds: readonly string[],
  page: { readonly from: number; readonly size: number },
): Promise<Map<string, { total: number; operations: ActivityOperation[] }>> {
  if (activityIds.length === 0) return new Map();
  const rows = await queries.query<{ activity_id: string; total: number; operation: ActivityOperation }>(sql`
    select activity_id, total, operation from (
      select activity_id, operation, position, count(*) over (partition by activity_id) as total,
             row_number() over (partition by activity_id order by position) as place
        from activity_operation where org_id = ${queries.org} and activity_id = any(${[...activityIds]}::text[])) o
     where place > ${page.from} and place <= ${page.from + page.size} order by activity_id, place`);
  const found = new Map<string, { total: number; operations: ActivityOperation[] }>();
  for (const row of rows) {
    const entry = found.get(row.activity_id) ?? { total: row.total, operations: [] };
    entry.operations.push(row.operation);
    found.set(row.activity_id, entry);
  }
  return found;
}
