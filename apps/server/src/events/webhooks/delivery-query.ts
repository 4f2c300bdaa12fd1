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
  const { useCaseIds } = filter;
  const page = (owner: Sql) => sql`
    select ${DELIVERY_COLUMNS} from webhook_delivery
     where ${owner} and ${conditions(tenant, filter)} ${after ? sql`and (created_at, id) < (${after.createdAt}, ${after.id})` : empty}
     order by created_at desc, id desc limit ${limit + 1}`;
  // Use case by use case, so that each is read in the order of its index.
  const rows = await tenant.query<DeliveryRow>(
    useCaseIds
      ? sql`select page.* from unnest(${[...useCaseIds]}::text[]) as wanted (id), lateral (${page(sql`use_case_id = wanted.id`)}) page
             order by created_at desc, id desc limit ${limit + 1}`
      : page(sql`true`),
  );
  const deliveries = rows.slice(0, limit).map(deliveryFromRow);
  const last = deliveries.at(-1);
  const next = rows.length > limit && last ? { createdAt: last.createdAt, id: last.id } : undefined;
  return { deliveries, next };
}

function conditions(tenant: TenantQueries, filter: DeliveryFilter): Sql {
  return join(
    [
      sql`org_id = ${tenant.org}`,
      ...(filter.eventNames ? [sql`event_name = any(${[...filter.eventNames]}::text[])`] : []),
      ...(filter.webhookId === undefined ? [] : [sql`webhook_id = ${filter.webhookId}`]),
      ...(filter.status === undefined ? [] : [sql`status = ${filter.status}`]),
      ...(filter.id === undefined ? [] : [sql`id = ${filter.id}`]),
      ...(filter.from ? [sql`created_at >= ${filter.from}`] : []),
      ...(filter.to ? [sql`created_at <= ${filter.to}`] : []),
    ],
    ' and ',
  );
}
