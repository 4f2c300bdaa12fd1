import { type Sql, sql, type TenantQueries, type TenantTransaction } from '../../storage/index.ts';

/** The event that an update came with. */
export interface SyncOrigin {
  readonly eventId: string;
  readonly useCaseId: string | undefined;
}

/** What an event did to an entity. */
export interface EntitySyncNote extends SyncOrigin {
  readonly operation: 'create' | 'patch' | 'delete' | 'no-op';
  /** Whether this event or one before it in the same transaction changed the entity. */
  readonly changed: boolean;
}

/** What an event did to readings of a meter or counter. */
export interface ReadingsSyncNote {
  readonly eventId: string;
  readonly operation: 'upsert' | 'delete';
}

/** What an integration last did to an entity, and to readings of a meter or counter; either part may be missing. */
export interface EntitySync {
  readonly integrationId: string;
  readonly schema: string;
  readonly useCaseId: string | undefined;
  readonly syncedAt: Date | undefined;
  /** Undefined when none of its events has changed the entity. */
  readonly changedAt: Date | undefined;
  readonly operation: string | undefined;
  readonly eventId: string | undefined;
  readonly readingsSyncedAt: Date | undefined;
  readonly readingsOperation: string | undefined;
  readonly readingsEventId: string | undefined;
}

/**
 * Notes that events of an integration were applied to entities, in one statement. The instant of a sync moves also when nothing was changed
 * (erp-integration.md 8.4). Entities that are gone are left out.
 */
export async function recordSyncs(
  tx: TenantTransaction,
  integrationId: string,
  touched: ReadonlyMap<string, EntitySyncNote>,
  now: Date,
): Promise<void> {
  if (touched.size === 0) return;
  const notes = [...touched.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const column = <Value>(pick: (note: EntitySyncNote) => Value) => notes.map(([, note]) => pick(note));
  await tx.run(sql`
    insert into entity_sync as s (org_id, entity_id, integration_id, last_synced_at, last_changed_at, use_case_id, last_operation, last_event_id)
    select e.org_id, e.id, ${integrationId}, ${now}, case when t.changed then ${now}::timestamptz end, t.use_case_id, t.operation, t.event_id
      from unnest(${notes.map(([id]) => id)}::uuid[], ${column(({ changed }) => changed)}::boolean[],
                  ${column(({ useCaseId }) => useCaseId ?? null)}::uuid[], ${column(({ operation }) => operation)}::text[],
                  ${column(({ eventId }) => eventId)}::text[]) as t (id, changed, use_case_id, operation, event_id)
      cross join lateral (${entityAt(tx.org)}) as e
     order by e.id
    on conflict (org_id, entity_id, integration_id) do update
       set last_synced_at = excluded.last_synced_at, last_changed_at = coalesce(excluded.last_changed_at, s.last_changed_at),
           use_case_id = excluded.use_case_id, last_operation = excluded.last_operation, last_event_id = excluded.last_event_id`);
}

/** The entity of a note, looked up by its key (`offset 0`): the planner would rather join all entities of the organisation. */
function entityAt(org: string): Sql {
  return sql`select org_id, id from entity where org_id = ${org} and id = t.id offset 0`;
}

/** Notes that events of an integration brought or deleted readings of meters and counters, in one statement. */
export async function recordReadingSyncs(
  tx: TenantTransaction,
  integrationId: string,
  touched: ReadonlyMap<string, ReadingsSyncNote>,
  now: Date,
): Promise<void> {
  if (touched.size === 0) return;
  const notes = [...touched.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  await tx.run(sql`
    insert into entity_sync (org_id, entity_id, integration_id, readings_last_synced_at, readings_last_operation, readings_last_event_id)
    select e.org_id, e.id, ${integrationId}, ${now}, t.operation, t.event_id
      from unnest(${notes.map(([id]) => id)}::uuid[], ${notes.map(([, { operation }]) => operation)}::text[],
                  ${notes.map(([, { eventId }]) => eventId)}::text[]) as t (id, operation, event_id)
      cross join lateral (${entityAt(tx.org)}) as e
     order by e.id
    on conflict (org_id, entity_id, integration_id) do update
       set readings_last_synced_at = excluded.readings_last_synced_at, readings_last_operation = excluded.readings_last_operation,
           readings_last_event_id = excluded.readings_last_event_id`);
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
    use_case_id: string | null;
    last_synced_at: Date | null;
    last_changed_at: Date | null;
    last_operation: string | null;
    last_event_id: string | null;
    readings_last_synced_at: Date | null;
    readings_last_operation: string | null;
    readings_last_event_id: string | null;
  }>(sql`
    select s.integration_id, e.schema, s.use_case_id, s.last_synced_at, s.last_changed_at, s.last_operation, s.last_event_id,
           s.readings_last_synced_at, s.readings_last_operation, s.readings_last_event_id
      from entity_sync s join entity e on e.org_id = s.org_id and e.id = s.entity_id
     where s.org_id = ${queries.org} and s.entity_id = ${entityId}
       ${integrationId === undefined ? sql`` : sql`and s.integration_id = ${integrationId}`}
     order by s.integration_id`);
  return rows.map((row) => ({
    integrationId: row.integration_id,
    schema: row.schema,
    useCaseId: row.use_case_id ?? undefined,
    syncedAt: row.last_synced_at ?? undefined,
    changedAt: row.last_changed_at ?? undefined,
    operation: row.last_operation ?? undefined,
    eventId: row.last_event_id ?? undefined,
    readingsSyncedAt: row.readings_last_synced_at ?? undefined,
    readingsOperation: row.readings_last_operation ?? undefined,
    readingsEventId: row.readings_last_event_id ?? undefined,
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
