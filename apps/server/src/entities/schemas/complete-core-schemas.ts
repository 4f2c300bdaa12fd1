import { type Database, sql } from '../../storage/index.ts';
import { coreFingerprint } from './core/core-fingerprint.ts';
import { CORE_SCHEMAS } from './core/core-schemas.ts';
import { bringCoreSchemas } from './save-schema.ts';

/**
 * Brings the core schemas of organisations of an earlier version of the server up to this one: those that have come since, and newer versions of
 * those that the organisation has not saved itself. What an organisation has saved once is its own from then on. Answers the organisations it
 * changed. Runs at every start; several processes, of several versions, may start at once: none goes back to what was there before.
 */
export async function completeCoreSchemas(database: Database, now: Date): Promise<string[]> {
  const slugs = CORE_SCHEMAS.map(({ slug }) => slug);
  const fingerprints = CORE_SCHEMAS.map(coreFingerprint);
  const behind = await database.system.query<{ org_id: string }>(sql`
    with core as (select * from unnest(${slugs}::text[], ${fingerprints}::text[]) as c(slug, fingerprint)),
    latest as (
      select distinct on (s.org_id, s.slug) s.org_id, s.slug, s.core_fingerprint, c.fingerprint
        from entity_schema s join core c on c.slug = s.slug
       order by s.org_id, s.slug, s.version desc)
    select g.org_id from entity_schema_generation g
     where (select count(*) from latest l where l.org_id = g.org_id) < ${slugs.length}
        or exists (
          select 1 from latest l where l.org_id = g.org_id and l.core_fingerprint <> l.fingerprint
             and not exists (select 1 from entity_schema f
                              where f.org_id = l.org_id and f.slug = l.slug and f.core_fingerprint = l.fingerprint))`);
  for (const { org_id: org } of behind) {
    await database.tenant(org).transaction(async (tx) => {
      // Whoever comes second waits here and then finds nothing to do.
      await tx.run(sql`select from entity_schema_generation where org_id = ${org} for update`);
      await bringCoreSchemas(tx, now);
    });
  }
  return behind.map(({ org_id: org }) => org);
}
