import { json, sql, type TenantQueries, type TenantTransaction } from '../../storage/index.ts';
import { EntitySchema } from './entity-schema.ts';
import { isSchemaDefinition, type SchemaDefinition } from './schema-definition.ts';

interface SchemaRow {
  version: number;
  definition: unknown;
  created_at: Date;
}

/** How often the organisation's schemas have been saved; 0 before the first save. A random start makes it unique after a rollback. */
export async function readGeneration(queries: TenantQueries): Promise<number> {
  const row = await queries.first<{ generation: number }>(
    sql`select generation from entity_schema_generation where org_id = ${queries.org}`,
  );
  return row?.generation ?? 0;
}

/** The latest version of every schema, by slug. */
export async function readLatestSchemas(queries: TenantQueries): Promise<EntitySchema[]> {
  const rows = await queries.query<SchemaRow>(sql`
    select distinct on (slug) slug, version, definition, created_at from entity_schema
     where org_id = ${queries.org} order by slug, version desc`);
  return rows.map(schemaFromRow);
}

/** One version of a schema by the id it was saved with. */
export async function readSchemaById(
  queries: TenantQueries,
  slug: string,
  id: string,
): Promise<EntitySchema | undefined> {
  const row = await queries.first<SchemaRow>(sql`
    select version, definition, created_at from entity_schema
     where org_id = ${queries.org} and slug = ${slug} and definition ->> 'id' = ${id}`);
  return row && schemaFromRow(row);
}

/** The core schemas that an organisation has from the server, by slug: all versions ever saved, and the latest unless that is the organisation's own. */
export async function readCoreFingerprints(
  queries: TenantQueries,
): Promise<Map<string, { readonly latest: string | undefined; readonly all: readonly string[] }>> {
  const rows = await queries.query<{ slug: string; fingerprints: (string | null)[] }>(sql`
    select slug, array_agg(core_fingerprint order by version) as fingerprints from entity_schema
     where org_id = ${queries.org} group by slug`);
  return new Map(
    rows.map(({ slug, fingerprints }) => [
      slug,
      { latest: fingerprints.at(-1) ?? undefined, all: fingerprints.filter((one) => one !== null) },
    ]),
  );
}

/** Notes which core schemas of the server the latest versions of slugs are. */
export async function nameCoreSchemas(
  tx: TenantTransaction,
  named: readonly (readonly [slug: string, fingerprint: string])[],
): Promise<void> {
  if (named.length === 0) return;
  await tx.run(sql`
    update entity_schema s set core_fingerprint = n.fingerprint
      from unnest(${named.map(([slug]) => slug)}::text[], ${named.map(([, fingerprint]) => fingerprint)}::text[]) as n(slug, fingerprint)
     where s.org_id = ${tx.org} and s.slug = n.slug
       and s.version = (select max(version) from entity_schema l where l.org_id = ${tx.org} and l.slug = n.slug)`);
}

/**
 * Saves definitions as the next version of their slugs. Saves of one organisation wait for each other, so that versions have no gaps and
 * the generation changes with each of them. `fingerprints` tells by slug which of them are core schemas of the server.
 */
export async function insertSchemaVersions(
  tx: TenantTransaction,
  definitions: readonly SchemaDefinition[],
  now: Date,
  fingerprints: ReadonlyMap<string, string> = new Map(),
): Promise<EntitySchema[]> {
  const items = definitions.map((definition) => ({
    definition,
    core: fingerprints.get(definition.slug) ?? null,
  }));
  await tx.run(sql`
    insert into entity_schema_generation (org_id, generation) values (${tx.org}, (random() * 1e9)::bigint + 1)
    on conflict (org_id) do update set generation = (random() * 1e9)::bigint + entity_schema_generation.generation + 1`);
  const rows = await tx.query<SchemaRow>(sql`
    insert into entity_schema (org_id, slug, version, definition, created_at, core_fingerprint)
    select ${tx.org}, d.definition ->> 'slug', coalesce(max(s.version), 0) + 1, d.definition, ${now}, d.core
      from jsonb_to_recordset(${json(items)}::jsonb) as d(definition jsonb, core text)
      left join entity_schema s on s.org_id = ${tx.org} and s.slug = d.definition ->> 'slug'
     group by d.definition, d.core
    returning version, definition, created_at`);
  return rows.map(schemaFromRow);
}

function schemaFromRow(row: SchemaRow): EntitySchema {
  if (!isSchemaDefinition(row.definition)) throw new Error('A stored schema has no valid definition');
  return new EntitySchema(row.definition, row.version, row.created_at);
}
