import { json, sql, type TenantTransaction } from '../../../storage/index.ts';

/** What a portal user may say about a notification. */
export interface NotificationStatus {
  readonly id: string;
  readonly status: 'read' | 'important';
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
