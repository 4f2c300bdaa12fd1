import { sql, type TenantQueries } from '../../storage/index.ts';
import type { EmittedEvent } from './catalog-envelope.ts';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly correlation_id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Loads events in the order of `ids`; those that are gone, or whose payload is (retention), are left out. */
export async function loadEvents(tenant: TenantQueries, ids: readonly string[]): Promise<EmittedEvent[]> {
  const rows = await tenant.query<Row>(sql`
    select id, name, created_at, correlation_id, body from catalog_event
     where org_id = ${tenant.org} and id = any(${[...ids]}::text[]) and body is not null`);
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = found.get(id);
    if (!row) return [];
    return [
      { id, name: row.name, createdAt: row.created_at, correlationId: row.correlation_id, body: row.body },
    ];
  });
}
