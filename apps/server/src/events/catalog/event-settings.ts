import { sql, type TenantQueries } from '../../storage/index.ts';

/** The names of those events that the organisation has switched off. Events are enabled until somebody disables them (contract, `enabled`). */
export async function disabledEvents(
  tenant: TenantQueries,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tenant.query<{ event_name: string }>(sql`
    select event_name from event_setting
     where org_id = ${tenant.org} and event_name = any(${[...names]}::text[]) and not enabled`);
  return new Set(rows.map((row) => row.event_name));
}

/** Switches an event on or off. `now` is UTC. */
export async function setEventEnabled(
  tenant: TenantQueries,
  name: string,
  enabled: boolean,
  now: Date,
): Promise<void> {
  await tenant.run(sql`
    insert into event_setting (org_id, event_name, enabled, updated_at) values (${tenant.org}, ${name}, ${enabled}, ${now})
    on conflict (org_id, event_name) do update set enabled = excluded.enabled, updated_at = excluded.updated_at`);
}
