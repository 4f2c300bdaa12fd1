import { type DeadJob, deadJobs, type RecurringTask, removeDead } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import { type Database, json, sql, type Tenant } from '../../storage/index.ts';
import { creationOf } from '../webhooks/delivery-id.ts';
import { addDeliveries, DELIVERY_QUEUE } from '../webhooks/delivery-store.ts';
import { DISPATCH_QUEUE } from './catalog-envelope.ts';
import type { Dispatcher } from './dispatcher.ts';
import { loadEvents } from './event-store.ts';

const INTERVAL_SECONDS = 60;
/** Jobs per transaction. */
const PORTION = 100;

/**
 * Makes failed deliveries of what was given up because of failures of our own: events whose dispatch failed too often become a failed delivery for
 * each webhook that would have been told, and deliveries that nobody could carry out end as failed. So they are seen where deliveries are, and
 * can be replayed there; nothing else names a job that is dead.
 */
export function undeliveredEvents(database: Database, clock: Clock, dispatcher: Dispatcher): RecurringTask {
  return {
    name: 'undelivered-events',
    interval: INTERVAL_SECONDS,
    async run(signal) {
      const dead = await database.system.query<{ org_id: string; queue: string }>(sql`
        select distinct org_id, queue from job
         where state = 'dead' and queue in (${DISPATCH_QUEUE}, ${DELIVERY_QUEUE})`);
      for (const { org_id: org, queue } of dead) {
        const tenant = database.tenant(org);
        for (let jobs = await deadJobs(tenant, queue, { limit: PORTION }); jobs.length > 0; ) {
          if (signal.aborted) return;
          await (queue === DISPATCH_QUEUE
            ? failDispatches(tenant, jobs, dispatcher, clock.now())
            : failDeliveries(tenant, jobs, clock.now()));
          jobs = await deadJobs(tenant, queue, { limit: PORTION });
        }
      }
    },
  };
}

async function failDispatches(
  tenant: Tenant,
  jobs: readonly DeadJob[],
  dispatcher: Dispatcher,
  now: Date,
): Promise<void> {
  const reasons = new Map(jobs.map((job) => [memberOf(job, 'eventId'), job]));
  const events = await loadEvents(tenant, [...reasons.keys()]);
  const failed = await dispatcher.failures(events, tenant, ({ id }) => ({
    code: 'DISPATCH_FAILED',
    message: `The event could not be dispatched in ${reasons.get(id)?.attempts ?? 0} attempts (${nameOf(reasons.get(id))}); replay it`,
  }));
  await tenant.transaction(async (tx) => {
    await addDeliveries(tx, failed, now);
    await removeDead(tx, DISPATCH_QUEUE, idsOf(jobs));
  });
}

async function failDeliveries(tenant: Tenant, jobs: readonly DeadJob[], now: Date): Promise<void> {
  const known = jobs.flatMap((job) => {
    const id = memberOf(job, 'deliveryId');
    const createdAt = creationOf(id);
    if (!createdAt) return [];
    const message = `The delivery could not be carried out in ${job.attempts} attempts (${nameOf(job)}); replay it`;
    return [{ id, createdAt: createdAt.toISOString(), response: json({ code: 'DELIVERY_FAILED', message }) }];
  });
  await tenant.transaction(async (tx) => {
    await tx.run(sql`
      update webhook_delivery d
         set status = 'failed', completed_at = ${now}, next_attempt_at = null, http_response = failed.response
        from unnest(${known.map(({ id }) => id)}::text[], ${known.map(({ createdAt }) => createdAt)}::timestamptz[],
                    ${known.map(({ response }) => response)}::jsonb[]) as failed (id, created_at, response)
       where d.org_id = ${tx.org} and d.created_at = failed.created_at and d.id = failed.id and d.status = 'pending'`);
    await removeDead(tx, DELIVERY_QUEUE, idsOf(jobs));
  });
}

function memberOf({ payload }: DeadJob, name: 'eventId' | 'deliveryId'): string {
  const value: unknown =
    typeof payload === 'object' && payload !== null ? Reflect.get(payload, name) : undefined;
  return typeof value === 'string' ? value : '';
}

/** The kind of the last failure; its message is for the operator's log. */
function nameOf(job: DeadJob | undefined): string {
  return job?.last_error?.name ?? 'unknown';
}

function idsOf(jobs: readonly DeadJob[]): number[] {
  return jobs.map(({ id }) => id);
}
