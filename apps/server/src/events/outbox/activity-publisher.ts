import { asObject } from '../../contract/json-object.ts';
import {
  ACTIVITY_QUEUE,
  type Document,
  entityDocuments,
  findEntity,
  readActivity,
} from '../../entities/index.ts';
import type { Job, Queue } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { emitEvents, type NewEvent } from './emit-event.ts';

/** Activities that one transaction turns into events. */
const BATCH = 50;

/**
 * Makes events of published activities, in their order (spec/portal.md §11.1). Event and end of the job commit together: each activity becomes
 * one event, whatever is killed in between.
 */
export function activityPublisher(clock: Clock): Queue {
  return {
    name: ACTIVITY_QUEUE,
    concurrency: 4,
    batchSize: BATCH,
    attempts: 20,
    batchHandler: (jobs, { tenant, completeIn }) =>
      tenant.transaction(async (tx) => {
        const events: NewEvent[] = [];
        for (const job of jobs) events.push(...(await eventsOf(tx, activityIdOf(job))));
        await emitEvents(tx, events, clock.now());
        await completeIn(tx);
      }),
  };
}

/** None when the activity went with a purged entity. */
async function eventsOf(queries: TenantQueries, activityId: string): Promise<NewEvent[]> {
  const activity = await readActivity(queries, activityId);
  if (!activity) return [];
  const subject = asObject(asObject(activity['payload'])['entity']);
  const id = subject['id'] ?? subject['_id'];
  const entity = typeof id === 'string' ? await findEntity(queries, id) : undefined;
  const [shown] = await entityDocuments(queries, entity ? [entity] : []);
  const caller = callerOf(activity);
  const changed = entity && changedAttributes(activity, entity.id);
  return [
    {
      name: String(activity['type']),
      payload: {
        ...(shown ? { entity: shown } : {}),
        activity: {
          _id: activityId,
          type: activity['type'],
          title: activity['title'],
          message: activity['message'],
          timestamp: activity['timestamp'],
          payload: {
            ...asObject(activity['payload']),
            ...(entity ? { entity: { _id: entity.id, _schema: entity.schema, _org: queries.org } } : {}),
            orgId: queries.org,
            ...(caller ? { caller } : {}),
          },
        },
        ...(changed ? { changed_attributes: changed } : {}),
      },
      eventSource: 'activity',
      sourceType: caller ? 'portal_user' : 'operation',
      source: caller ? String(caller['portal_user_id']) : activityId,
    },
  ];
}

/** The portal user behind an activity as webhooks show them; undefined for others. */
function callerOf(activity: Document): Document | undefined {
  const token = asObject(asObject(asObject(activity['caller'])['PortalAuth'])['token']);
  if (token['custom:portal_user_id'] === undefined) return undefined;
  return {
    portal_user_id: token['custom:portal_user_id'],
    contact_entity_id: token['custom:contact_entity_id'] ?? null,
    email: token['email'] ?? null,
    portal_origin: token['custom:origin'] ?? null,
  };
}

/** What the last write of the activity did to the entity. */
function changedAttributes(activity: Document, entityId: string): unknown {
  const operations: unknown[] = Array.isArray(activity['operations']) ? activity['operations'] : [];
  return operations.map(asObject).findLast(({ entity }) => entity === entityId)?.['diff'];
}

function activityIdOf({ id, payload }: Job): string {
  const { activityId } = asObject(payload);
  if (typeof activityId !== 'string') throw new Error(`Job ${id} names no activity`);
  return activityId;
}
