import { asObject, type JsonObject } from '../contract/json-object.ts';
import { json, sql, type TenantQueries } from '../storage/index.ts';
import type { CustomVariable } from './custom-variable.ts';

interface Row {
  readonly id: string;
  readonly key: string;
  readonly definition: unknown;
  readonly created_at: Date;
  readonly created_by: string;
  readonly updated_at: Date;
  readonly updated_by: string;
}

/** All variables of the organisation, by key. */
export async function listVariables(queries: TenantQueries): Promise<CustomVariable[]> {
  const rows = await queries.query<Row>(
    sql`select * from custom_variable where org_id = ${queries.org} order by key`,
  );
  return rows.map(fromRow);
}

/** The templates of those of these keys that exist. */
export async function templatesOfKeys(
  queries: TenantQueries,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await queries.query<{ key: string; template: string }>(sql`
    select key, definition ->> 'template' as template from custom_variable
     where org_id = ${queries.org} and key = any(${keys}::text[])`);
  return new Map(rows.map(({ key, template }) => [key, template]));
}

export async function findVariable(queries: TenantQueries, id: string): Promise<CustomVariable | undefined> {
  const row = await queries.first<Row>(
    sql`select * from custom_variable where org_id = ${queries.org} and id = ${id}::uuid`,
  );
  return row && fromRow(row);
}

/** Adds a variable, or replaces the one with its id. False when another one has the key. */
export async function writeVariable(
  queries: TenantQueries,
  { id, key, definition }: { readonly id: string; readonly key: string; readonly definition: JsonObject },
  actor: string,
  now: Date,
): Promise<boolean> {
  const taken = await queries.first(sql`
    select 1 from custom_variable where org_id = ${queries.org} and key = ${key} and id <> ${id}::uuid`);
  if (taken) return false;
  const written = await queries.run(sql`
    insert into custom_variable (org_id, id, key, definition, created_at, created_by, updated_at, updated_by)
    values (${queries.org}, ${id}::uuid, ${key}, ${json(definition)}::jsonb, ${now}, ${actor}, ${now}, ${actor})
    on conflict (org_id, id) do update
       set key = excluded.key, definition = excluded.definition, updated_at = excluded.updated_at, updated_by = excluded.updated_by`);
  return written === 1;
}

/** Removes a variable; unknown ones are gone already. */
export async function removeVariable(queries: TenantQueries, id: string): Promise<void> {
  await queries.run(sql`delete from custom_variable where org_id = ${queries.org} and id = ${id}::uuid`);
}

function fromRow(row: Row): CustomVariable {
  return {
    id: row.id,
    key: row.key,
    definition: asObject(row.definition),
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}
