import { createHash } from 'node:crypto';
import { json, sql, type TenantQueries, type TenantTransaction } from '../../../storage/index.ts';

/** What a portal user may say about a notification. */
export interface NotificationStatus {
  readonly id: string;
  readonly status: 'read' | 'important';
}

/** What a notification says; texts by language (contract schema `PortalNotification`). */
export interface NotificationBody {
  readonly type: string;
  readonly title: { readonly de: string; readonly en: string };
  readonly message: { readonly de: string; readonly en: string };
  readonly redirect_url?: string;
}

/** A notification of one portal user. */
export interface StoredNotification {
  /** Digits: the contract numbers notifications. */
  readonly id: string;
  readonly isRead: boolean;
  readonly body: Readonly<Record<string, unknown>>;
  /** UTC. */
  readonly createdAt: Date;
}

/** Where a page ends: the next one begins behind it. */
export type NotificationCursor = Pick<StoredNotification, 'id' | 'createdAt'>;

/** A number that the same cause always gets, within what JSON numbers hold exactly. */
export function notificationNumber(...parts: readonly string[]): string {
  const hash = createHash('sha256').update(parts.join(' ')).digest();
  return String(hash.readUIntBE(0, 6));
}

/** Adds a notification; one that is there already stays as it is, because jobs may run twice. */
export async function insertNotification(
  tx: TenantTransaction,
  portalUserId: string,
  { id, body }: { readonly id: string; readonly body: NotificationBody },
  now: Date,
): Promise<void> {
  await tx.run(sql`
    insert into portal_notification (org_id, portal_user_id, id, status, body, created_at, updated_at)
    values (${tx.org}, ${portalUserId}, ${id}, 'unread', ${json(body)}::jsonb, ${now}, ${now})
    on conflict (org_id, portal_user_id, id) do nothing`);
}

/** A portal user's notifications, newest first. */
export async function listNotifications(
  queries: TenantQueries,
  portalUserId: string,
  limit: number,
  after: NotificationCursor | undefined,
): Promise<StoredNotification[]> {
  const behind = after
    ? sql`and (n.created_at, n.id) < (${after.createdAt}::timestamptz, ${after.id})`
    : sql``;
  const rows = await queries.query<{
    id: string;
    status: string;
    body: Record<string, unknown>;
    created_at: Date;
  }>(sql`
    select n.id, n.status, n.body, n.created_at from portal_notification n
     where n.org_id = ${queries.org} and n.portal_user_id = ${portalUserId}::uuid ${behind}
     order by n.created_at desc, n.id desc limit ${limit}`);
  return rows.map(({ id, status, body, created_at: createdAt }) => ({
    ...{ id, body, createdAt },
    isRead: status !== 'unread',
  }));
}

/** How many notifications a portal user has not read. */
export async function countUnread(queries: TenantQueries, portalUserId: string): Promise<number> {
  const row = await queries.first<{ unread: number }>(sql`
    select count(*)::integer as unread from portal_notification n
     where n.org_id = ${queries.org} and n.portal_user_id = ${portalUserId}::uuid and n.status = 'unread'`);
  return row?.unread ?? 0;
}

/** Marks unread notifications of one portal user as read: all, or the one with this id. */
export async function markRead(
  queries: TenantQueries,
  portalUserId: string,
  now: Date,
  id?: string,
): Promise<void> {
  await queries.run(sql`
    update portal_notification n set status = 'read', updated_at = ${now}
     where n.org_id = ${queries.org} and n.portal_user_id = ${portalUserId}::uuid and n.status = 'unread'
       and (${id ?? null}::text is null or n.id = ${id ?? null})`);
}

/** Whether a notification of one portal user exists. */
export async function hasNotification(
  queries: TenantQueries,
  portalUserId: string,
  id: string,
): Promise<boolean> {
  const row = await queries.first(sql`
    select 1 from portal_notification n
     where n.org_id = ${queries.org} and n.portal_user_id = ${portalUserId}::uuid and n.id = ${id}`);
  return row !== undefined;
}

/** Sets the status of notifications of one portal user; answers how many of them are theirs. */
export async function setNotificationStatus(
  tx: TenantTransaction,
  portalUserId: string,
  wanted: readonly NotificationStatus[],
  now: Date,
): Promise<number> {
  return tx.run(sql`
    update portal_notification n set status = w.status, updated_at = ${now}
      from jsonb_to_recordset(${json(wanted)}::jsonb) as w(id text, status text)
     where n.org_id = ${tx.org} and n.portal_user_id = ${portalUserId}::uuid and n.id = w.id`);
}
