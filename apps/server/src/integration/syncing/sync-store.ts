import { sql, type TenantQueries, type TenantTransaction } from '../../storage/index.ts';

/** When an integration last looked at an entity, and when it last changed it. */
export interface EntitySync {
  readonly integrationId: string;
  readonly schema: string;
  readonly syncedAt: Date;
  /** Undefined when none of its events has changed the entity. */
  readonly changedAt: Date | undefined;
}

/**
 * Notes that events of an integration were applied to entities, in one statement. `touched` says by entity whether it was changed; the instant
 * of a sync moves also when it was not (erp-integration.md 8.4). Entities that are gone are left out.
 */
export async function recordSyncs(
  tx: TenantTransaction,
  integrationId: string,
  touched: ReadonlyMap<string, boolean>,
  now: Date,
): Promise<void> {
  if (touched.size === 0) return;
  const ids = [...touched.keys()].sort();
  await tx.run(sql`
    insert into entity_sync as s (org_id, entity_id, integration_id, last_synced_at, last_changed_at)
    select e.org_id, e.id, ${integrationId}, ${now}, case when t.changed then ${now}::timestamptz end
      from unnest(${ids}::uuid[], ${ids.map((id) => touched.get(id) === true)}::boolean[]) as t (id, changed)
      join entity e on e.org_id = ${tx.org} and e.id = t.id
     order by e.id
    on conflict (org_id, entity_id, integration_id) do update
       set last_synced_at = excluded.last_synced_at, last_changed_at = coalesce(excluded.last_changed_at, s.last_changed_at)`);
}

/** What integrations know of an entity, by integration; `integrationId` narrows it down to one. */
export async function syncsOf(
  queries: TenantQueries,
  entityId: string,
  integrationId?: string,
): Promise<EntitySync[]> {
  const rows = await queries.query<{
    integration_id: string;
    schema: string;
    last_synced_at: Date;
    last_changed_at: Date | null;
  }>(sql`
    select s.integration_id, e.schema, s.last_synced_at, s.last_changed_at
      from entity_sync s join entity e on e.org_id = s.org_id and e.id = s.entity_id
     where s.org_id = ${queries.org} and s.entity_id = ${entityId}
       ${integrationId === undefined ? sql`` : sql`and s.integration_id = ${integrationId}`}
     order by s.integration_id`);
  return rows.map((row) => ({
    integrationId: row.integration_id,
    schema: row.schema,
    syncedAt: row.last_synced_at,
    changedAt: row.last_changed_at ?? undefined,
  }));
}

/**
 * Takes the right to ask the ERP for newer data of an entity: when its last sync by one of the integrations is older than their threshold
 * (minutes), and nobody has asked within that time. Answers whether somebody has to ask now; of concurrent calls, one is told so.
 */
export async function claimRefresh(
  tx: TenantTransaction,
  entityId: string,
  thresholds: ReadonlyMap<string, number>,
  now: Date,
): Promise<boolean> {
  const integrations = [...thresholds.keys()];
  const claimed = await tx.run(sql`
    update entity_sync s set requested_at = ${now}
      from unnest(${integrations}::uuid[], ${integrations.map((id) => thresholds.get(id) ?? 0)}::integer[]) as t (id, minutes)
     where s.org_id = ${tx.org} and s.entity_id = ${entityId} and s.integration_id = t.id
       and s.last_synced_at < ${now}::timestamptz - make_interval(mins => t.minutes)
       and (s.requested_at is null or s.requested_at <= ${now}::timestamptz - make_interval(mins => t.minutes))`);
  return claimed > 0;
}
