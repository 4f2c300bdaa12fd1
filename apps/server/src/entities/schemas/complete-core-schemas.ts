import { type Database, sql } from '../../storage/index.ts';
import { CORE_SCHEMAS } from './core/core-schemas.ts';
import { seedCoreSchemas } from './save-schema.ts';

/**
 * Gives organisations of an earlier version of the server the core schemas that have come since; what they have saved themselves stays as it
 * is. Answers the organisations it completed. Runs at every start; several processes may start at once.
 */
export async function completeCoreSchemas(database: Database, now: Date): Promise<string[]> {
  const slugs = CORE_SCHEMAS.map(({ slug }) => slug);
  const lacking = await database.system.query<{ org_id: string }>(sql`
    select g.org_id from entity_schema_generation g
     where (select count(distinct s.slug) from entity_schema s
             where s.org_id = g.org_id and s.slug = any(${slugs}::text[])) < ${slugs.length}`);
  for (const { org_id: org } of lacking) {
    await database.tenant(org).transaction(async (tx) => {
      // Whoever comes second waits here and then finds nothing missing.
      await tx.run(sql`select from entity_schema_generation where org_id = ${org} for update`);
      await seedCoreSchemas(tx, now);
    });
  }
  return lacking.map(({ org_id: org }) => org);
}
