import { sql, type TenantTransaction } from '../../../storage/index.ts';

export type CampaignStatus = 'seen' | 'dismissed' | 'clicked';

/**
 * Moves a campaign's recipients on, creating those that are met for the first time (spec/portal.md §10.2): from nothing or `seen` to anything;
 * `dismissed` and `clicked` are final. Answers how many have the status now.
 */
export async function moveRecipients(
  tx: TenantTransaction,
  campaignId: string,
  entityIds: readonly string[],
  status: CampaignStatus,
  now: Date,
): Promise<number> {
  if (entityIds.length === 0) return 0;
  return tx.run(sql`
    insert into campaign_recipient as r (org_id, campaign_id, entity_id, status, created_at, updated_at)
    select ${tx.org}, ${campaignId}::uuid, id, ${status}, ${now}, ${now} from unnest(${[...entityIds]}::uuid[]) as id
    on conflict (org_id, campaign_id, entity_id) do update
       set status = excluded.status, updated_at = excluded.updated_at
     where r.status = 'seen' or r.status = excluded.status`);
}
