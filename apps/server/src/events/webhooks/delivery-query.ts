import { empty, join, type Sql, sql, type TenantQueries } from '../../storage/index.ts';
import type { Delivery, DeliveryStatus } from './delivery.ts';
import { DELIVERY_COLUMNS, type DeliveryRow, deliveryFromRow } from './delivery-store.ts';

/** Where a page begins: after this row. */
export interface DeliveryCursor {
  readonly createdAt: Date;
  readonly id: string;
}

export interface DeliveryFilter {
  /** Only events of these names; an empty list finds nothing. */
  readonly eventNames?: readonly string[];
  readonly webhookId?: string;
  /** Only deliveries whose metadata names this use case or one of them. */
  readonly useCaseIds?: readonly string[];
  readonly status?: DeliveryStatus;
  readonly id?: string;
  /** By `created_at`, both inclusive (UTC). */
  readonly from?: Date;
  readonly to?: Date;
}

export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  /** The cursor of the next page; undefined on the last. */
  readonly next: DeliveryCursor | undefined;
}

/** Deliveries of the organisation, newest first, ties by id descending (erp-integration.md 2.3, 11.3). `limit` rows at most. */
export async function queryDeliveries(
  tenant: TenantQueries,
  filter: DeliveryFilter,
  limit: number,
  after?: DeliveryCursor,
): Promise<DeliveryPage> {
  const rows = await tenant.query<DeliveryRow>(sql`
    select ${DELIVERY_COLUMNS} from webhook_delivery
     where ${conditions(tenant, filter)} ${after ? sql`and (created_at, id) < (${after.createdAt}, ${after.id})` : empty}
     order by created_at desc, id desc limit ${limit + 1}`);
  const deliveries = rows.slice(0, limit).map(deliveryFromRow);
  const last = deliveries.at(-1);
  const next = rows.length > limit && last ? { createdAt: last.createdAt, id: last.id } : undefined;
  return { deliveries, next };
}

export interface DeliveryCount {
  readonly event_name: string;
  readonly webhook_id: string;
  readonly use_case_id: string | null;
  readonly status: DeliveryStatus;
  /** Start of the bucket (UTC), when buckets were asked for. */
  readonly bucket: Date | null;
  readonly deliveries: number;
  readonly last_at: Date;
}

/**
 * Counts deliveries by event, webhook, use case and status, and by time when `bucketSeconds` is given (aligned to the Unix epoch, so that
 * buckets that divide a day start at UTC midnight); for statistics and time series (erp-integration.md 11.4, 11.5).
 */
export function countDeliveries(
  tenant: TenantQueries,
  filter: DeliveryFilter,
  bucketSeconds?: number,
): Promise<DeliveryCount[]> {
  const bucket = bucketSeconds
    ? sql`to_timestamp(floor(extract(epoch from created_at) / ${bucketSeconds}::int) * ${bucketSeconds}::int)`
    : sql`null::timestamptz`;
  return tenant.query<DeliveryCount>(sql`
    select event_name, webhook_id, metadata ->> 'use_case_id' as use_case_id, status, ${bucket} as bucket,
           count(*) as deliveries, max(created_at) as last_at
      from webhook_delivery where ${conditions(tenant, filter)}
     group by 1, 2, 3, 4, 5`);
}

function conditions(tenant: TenantQueries, filter: DeliveryFilter): Sql {
  return join(
    [
      sql`org_id = ${tenant.org}`,
      ...(filter.eventNames ? [sql`event_name = any(${[...filter.eventNames]}::text[])`] : []),
      ...(filter.webhookId === undefined ? [] : [sql`webhook_id = ${filter.webhookId}`]),
      ...(filter.useCaseIds
        ? [sql`metadata ->> 'use_case_id' = any(${[...filter.useCaseIds]}::text[])`]
        : []),
      ...(filter.status === undefined ? [] : [sql`status = ${filter.status}`]),
      ...(filter.id === undefined ? [] : [sql`id = ${filter.id}`]),
      ...(filter.from ? [sql`created_at >= ${filter.from}`] : []),
      ...(filter.to ? [sql`created_at <= ${filter.to}`] : []),
    ],
    ' and ',
  );
}
