import {
  announceJobs,
  type Ending,
  endingJobs,
  heldJobs,
  insertJobs,
  JobLost,
  QUICK,
  wakeUp,
} from '../../jobs/index.ts';
import {
  empty,
  json,
  type Queries,
  type Sql,
  sql,
  type TenantQueries,
  type TenantTransaction,
} from '../../storage/index.ts';
import type { Delivery, DeliveryStatus, HttpResponse } from './delivery.ts';
import { creationOf } from './delivery-id.ts';
import type { WebhookDefinition } from './webhook-config.ts';

/** The queue whose jobs are deliveries; one lane per webhook. */
export const DELIVERY_QUEUE = 'webhook-delivery';

export interface DeliveryRow {
  readonly org_id: string;
  readonly id: string;
  readonly webhook_id: string;
  readonly event_name: string;
  readonly event_id: string | null;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly created_at: Date;
  readonly next_attempt_at: Date | null;
  readonly completed_at: Date | null;
  readonly url: string;
  readonly http_method: string;
  readonly payload: string | null;
  readonly http_response: HttpResponse | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A delivery that is to be written: pending, or failed before anything could be sent. */
export type NewDelivery = Omit<Delivery, 'org' | 'attempts' | 'nextAttemptAt' | 'completedAt'>;

/**
 * Writes deliveries and the jobs that carry them out, in the order given, within the caller's transaction. Deliveries that exist already
 * are left alone. `now` is UTC. Without `startJobs` the caller sees to the attempts.
 */
export async function addDeliveries(
  transaction: TenantTransaction,
  deliveries: readonly NewDelivery[],
  now: Date,
  { startJobs = true }: { readonly startJobs?: boolean } = {},
): Promise<void> {
  if (deliveries.length === 0) return;
  await transaction.run(sql`
    with wanted as (${rowsOf(deliveries)}),
    added as (${insertWanted(transaction.org, now)})
    ${startJobs ? sql`, queued as (${insertJobs(transaction.org, DELIVERY_QUEUE, PENDING, now)})` : empty}
    select from added`);
  if (startJobs) announceJobs(transaction, [DELIVERY_QUEUE]);
}

/**
 * The same as the end of the jobs that planned the deliveries: one statement, so that both happen or none. It does not wait for the disk: a
 * power cut brings the planning jobs back, and they plan the same deliveries again, under the same ids.
 * @throws JobLost when another worker has taken over; nothing is written then
 */
export async function addPlannedDeliveries(
  tenant: TenantQueries,
  deliveries: readonly NewDelivery[],
  now: Date,
  ending: Ending,
): Promise<void> {
  const all = sql`(select count(*) from held) = ${ending.jobs.length}::int`;
  const result = await tenant.first<{ held: boolean }>(sql`
    with held as materialized (${heldJobs(ending)}),
    ended as (
      delete from job using held where job.org_id = held.org_id and job.id = held.id and ${all}),
    wanted as (${rowsOf(deliveries)}),
    added as (${insertWanted(tenant.org, now, all)}),
    queued as (${insertJobs(tenant.org, DELIVERY_QUEUE, PENDING, now)})
    select ${all} as held from ${QUICK}`);
  if (!result?.held) throw new JobLost();
  ending.ended();
  wakeUp(DELIVERY_QUEUE);
}

/** What the jobs of new deliveries say. */
const PENDING: Sql = sql`
  select webhook_id as lane, jsonb_build_object('deliveryId', id) as payload, position
    from wanted where status = 'pending' and id in (select id from added)`;

function rowsOf(deliveries: readonly NewDelivery[]): Sql {
  const column = <Value>(pick: (delivery: NewDelivery) => Value) => deliveries.map(pick);
  return sql`
    select * from unnest(
      ${column(({ createdAt }) => createdAt.toISOString())}::timestamptz[], ${column(({ id }) => id)}::text[],
      ${column(({ webhookId }) => webhookId)}::text[], ${column(({ eventName }) => eventName)}::text[],
      ${column(({ eventId }) => eventId ?? null)}::text[], ${column(({ status }) => status)}::text[],
      ${column(({ url }) => url)}::text[], ${column(({ httpMethod }) => httpMethod)}::text[],
      ${column(({ payload }) => payload ?? null)}::text[],
      ${column(({ httpResponse }) => (httpResponse ? json(httpResponse) : null))}::jsonb[],
      ${column(({ metadata }) => json(metadata))}::jsonb[]
    ) with ordinality as new (created_at, id, webhook_id, event_name, event_id, status, url, http_method, payload, http_response, metadata, position)`;
}

/** Inserts the rows of `wanted`, all of them or, unless `condition` holds, none. */
function insertWanted(org: string, now: Date, condition: Sql = sql`true`): Sql {
  return sql`
    insert into webhook_delivery
           (org_id, created_at, id, webhook_id, event_name, event_id, status, completed_at, url, http_method, payload, http_response, metadata)
    select ${org}, created_at, id, webhook_id, event_name, event_id, status,
           case when status = 'pending' then null else ${now}::timestamptz end, url, http_method, payload, http_response, metadata
      from wanted where ${condition}
    on conflict (org_id, created_at, id) do nothing
    returning id`;
}

/** A delivery with what is needed to carry it out. Webhook and key are undefined when they are gone. */
export interface DeliveryToSend {
  readonly delivery: Delivery;
  readonly webhook:
    | {
        readonly enabled: boolean;
        readonly definition: WebhookDefinition;
        readonly sealedAuth: string;
        readonly sealedSigningSecret: string;
        /** Changes with every change of the configuration. */
        readonly version: string;
      }
    | undefined;
  readonly sealedPrivateKey: string | undefined;
}

export interface DeliveryReference {
  readonly org: string;
  readonly id: string;
}

interface RowToSend extends DeliveryRow {
  readonly enabled: boolean | null;
  readonly definition: WebhookDefinition | null;
  readonly auth: string | null;
  readonly signing_secret: string | null;
  readonly updated_at: Date | null;
  readonly private_key: string | null;
}

/** Loads deliveries of any organisations with their webhooks, in one statement; answers them in the order asked for. */
export async function loadToSend(
  system: Queries,
  references: readonly DeliveryReference[],
): Promise<(DeliveryToSend | undefined)[]> {
  const known = references.flatMap(({ org, id }) => {
    const createdAt = creationOf(id);
    return createdAt ? [{ org, id, createdAt: createdAt.toISOString() }] : [];
  });
  const rows = await system.query<RowToSend>(sql`
    select d.*, c.enabled, c.definition, c.auth, c.signing_secret, c.updated_at, k.private_key
      from unnest(${known.map(({ org }) => org)}::text[], ${known.map(({ createdAt }) => createdAt)}::timestamptz[],
                  ${known.map(({ id }) => id)}::text[]) as wanted (org_id, created_at, id)
      join webhook_delivery d using (org_id, created_at, id)
      left join webhook_config c on c.org_id = d.org_id and c.id = d.webhook_id
      left join webhook_signing_key k on k.org_id = d.org_id`);
  const found = new Map(rows.map((row) => [`${row.org_id} ${row.id}`, toSend(row)]));
  return references.map(({ org, id }) => found.get(`${org} ${id}`));
}

function toSend(row: RowToSend): DeliveryToSend {
  const { definition, auth, signing_secret: secret, updated_at: updatedAt } = row;
  const complete = definition !== null && auth !== null && secret !== null && updatedAt !== null;
  return {
    delivery: deliveryFromRow(row),
    webhook: complete
      ? {
          enabled: row.enabled === true,
          definition,
          sealedAuth: auth,
          sealedSigningSecret: secret,
          version: updatedAt.toISOString(),
        }
      : undefined,
    sealedPrivateKey: row.private_key ?? undefined,
  };
}

/** How a delivery stands after an attempt. */
export interface DeliveryProgress extends DeliveryReference {
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly nextAttemptAt: Date | undefined;
  readonly completedAt: Date | undefined;
  readonly url: string | undefined;
  readonly response: HttpResponse;
  /** The job that ends with this attempt. */
  readonly ending: Ending | undefined;
}

/**
 * Records attempts of deliveries of any organisations and ends the jobs of those that are finished, in one statement. A delivery that was
 * finished before stays as it is.
 */
export async function recordProgress(system: Queries, progress: readonly DeliveryProgress[]): Promise<void> {
  const endings = progress.flatMap(({ ending }) => (ending ? [ending] : []));
  const known = progress.flatMap((item) => {
    const createdAt = creationOf(item.id);
    return createdAt ? [{ ...item, createdAt }] : [];
  });
  const column = <Value>(pick: (item: (typeof known)[number]) => Value) => known.map(pick);
  await system.run(sql`
    with ended as (${endingJobs(endings)})
    update webhook_delivery as d
       set status = new.status, attempts = new.attempts, next_attempt_at = new.next_attempt_at, completed_at = new.completed_at,
           url = coalesce(new.url, d.url), http_response = new.response
      from ${QUICK}, unnest(
        ${column(({ org }) => org)}::text[], ${column(({ createdAt }) => createdAt.toISOString())}::timestamptz[],
        ${column(({ id }) => id)}::text[], ${column(({ status }) => status)}::text[], ${column(({ attempts }) => attempts)}::int[],
        ${column(({ nextAttemptAt }) => nextAttemptAt?.toISOString() ?? null)}::timestamptz[],
        ${column(({ completedAt }) => completedAt?.toISOString() ?? null)}::timestamptz[],
        ${column(({ url }) => url ?? null)}::text[], ${column(({ response }) => json(response))}::jsonb[]
      ) as new (org_id, created_at, id, status, attempts, next_attempt_at, completed_at, url, response)
     where d.org_id = new.org_id and d.created_at = new.created_at and d.id = new.id and d.status = 'pending'`);
  for (const ending of endings) ending.ended();
}

/** One delivery of the organisation. */
export async function findDelivery(tenant: TenantQueries, id: string): Promise<Delivery | undefined> {
  const createdAt = creationOf(id);
  if (!createdAt) return undefined;
  const row = await tenant.first<DeliveryRow>(sql`
    select * from webhook_delivery where org_id = ${tenant.org} and created_at = ${createdAt} and id = ${id}`);
  return row && deliveryFromRow(row);
}

/** Reads a row. */
export function deliveryFromRow(row: DeliveryRow): Delivery {
  return {
    org: row.org_id,
    id: row.id,
    webhookId: row.webhook_id,
    eventName: row.event_name,
    eventId: row.event_id ?? undefined,
    status: row.status,
    attempts: row.attempts,
    createdAt: row.created_at,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    completedAt: row.completed_at ?? undefined,
    url: row.url,
    httpMethod: row.http_method,
    payload: row.payload ?? undefined,
    httpResponse: row.http_response ?? undefined,
    metadata: row.metadata,
  };
}

/** The columns of a `DeliveryRow`. */
export const DELIVERY_COLUMNS: Sql = sql`org_id, id, webhook_id, event_name, event_id, status, attempts, created_at, next_attempt_at,
  completed_at, url, http_method, payload, http_response, metadata`;
