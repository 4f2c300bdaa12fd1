import { invalid, notFound } from '../../refusal.ts';
import { sql, type TenantQueries, type TenantTransaction } from '../../storage/index.ts';
import type { Document } from '../model/document.ts';
import { documentProblems } from '../model/document-limits.ts';
import { findEntities } from '../reading/read-entity.ts';
import type { ChangeSource } from '../writing/entity-change.ts';
import { newActivityId } from './activity-id.ts';
import { type ActivityRow, insertActivities, lockActivity } from './store.ts';

/** An activity that a caller describes, such as `SelfAssignmentFromPortal`. */
export interface NewActivity {
  readonly type: string;
  readonly title: string;
  /** Handlebars text; clients render it. */
  readonly message: string;
  readonly payload?: Document;
  /** Announced only: it enters the feeds when a write fills it. Default false. */
  readonly pending?: boolean;
}

/**
 * Adds an activity to the feeds of entities, in order, besides those that writes leave behind.
 * @throws Refusal 400 when the payload cannot be stored, 404 when one of the entities does not exist
 */
export async function createActivity(
  tx: TenantTransaction,
  activity: NewActivity,
  entityIds: readonly string[],
  source: ChangeSource,
  now: Date,
): Promise<ActivityRow> {
  const problems = documentProblems(activity, 'body');
  if (problems.length > 0) throw invalid(problems);
  const row: ActivityRow = {
    id: newActivityId(now),
    timestamp: now,
    type: activity.type,
    title: activity.title,
    message: activity.message,
    payload: activity.payload ?? {},
    caller: source.caller ?? {},
    pending: activity.pending === true,
  };
  await insertActivities(tx, [row]);
  await showInFeeds(tx, row.id, entityIds);
  return row;
}

/** Adds an existing activity to the feeds of further entities; 404 for an unknown activity or entity. */
export async function attachActivity(
  tx: TenantTransaction,
  activityId: string,
  entityIds: readonly string[],
): Promise<ActivityRow> {
  const row = await lockActivity(tx, activityId);
  if (!row) throw notFound('Activity', 'ACTIVITY_NOT_FOUND');
  await showInFeeds(tx, activityId, entityIds);
  return row;
}

/** One activity; undefined when there is none with this id. */
export function findActivity(queries: TenantQueries, id: string): Promise<ActivityRow | undefined> {
  return queries.first<ActivityRow>(sql`
    select id, timestamp, type, title, message, payload, caller, pending from activity
     where org_id = ${queries.org} and id = ${id}`);
}

async function showInFeeds(
  tx: TenantTransaction,
  activityId: string,
  entityIds: readonly string[],
): Promise<void> {
  const wanted = [...new Set(entityIds)];
  const found = await findEntities(tx, wanted);
  if (found.length < wanted.length) throw notFound('Entity', 'ENTITY_NOT_FOUND');
  if (wanted.length === 0) return;
  await tx.run(sql`
    insert into activity_attachment (org_id, entity_id, activity_id)
    select ${tx.org}, id, ${activityId} from unnest(${wanted}::uuid[]) as id
    on conflict do nothing`);
}
