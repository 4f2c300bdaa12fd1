import { json, sql, type TenantTransaction } from '../../storage/index.ts';
import type { Reading } from '../reading.ts';

/** Where a stored row lies. */
export type StoredAt = Pick<Reading, 'meterId' | 'timestamp' | 'id'>;

/** Removes rows and inserts readings, in two statements; a changed reading is removed where it lay and inserted again. */
export async function saveReadings(
  tx: TenantTransaction,
  removed: readonly StoredAt[],
  inserted: readonly Reading[],
): Promise<void> {
  if (removed.length > 0) {
    await tx.run(sql`
      delete from reading r
       using unnest(${removed.map(({ meterId }) => meterId)}::uuid[],
                    ${removed.map(({ timestamp }) => timestamp.toISOString())}::timestamptz[],
                    ${removed.map(({ id }) => id)}::uuid[]) as gone (meter_id, timestamp, id)
       where r.org_id = ${tx.org} and r.meter_id = gone.meter_id and r.timestamp = gone.timestamp and r.id = gone.id`);
  }
  if (inserted.length === 0) return;
  const rows = inserted.map((reading) => ({
    meter_id: reading.meterId,
    counter_id: reading.counterId ?? null,
    id: reading.id,
    timestamp: reading.timestamp,
    direction: reading.direction,
    value: reading.value,
    source: reading.source,
    reason: reading.reason,
    status: reading.status,
    external_id: reading.externalId ?? null,
    details: reading.details,
    created_at: reading.createdAt,
    updated_at: reading.updatedAt,
  }));
  await tx.run(sql`
    insert into reading (org_id, meter_id, counter_id, id, timestamp, direction, value, source, reason, status,
                         external_id, details, created_at, updated_at)
    select ${tx.org}, r.* from jsonb_to_recordset(${json(rows)}::jsonb)
        as r(meter_id uuid, counter_id uuid, id uuid, timestamp timestamptz, direction text, value numeric, source text,
             reason text, status text, external_id text, details jsonb, created_at timestamptz, updated_at timestamptz)`);
}
