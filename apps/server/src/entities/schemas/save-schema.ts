import { randomUUID } from 'node:crypto';
import { invalid, type Problem } from '../../refusal.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { CORE_SCHEMAS } from './core/core-schemas.ts';
import type { EntitySchema } from './entity-schema.ts';
import { forgetSchemas, schemasOf } from './schema-catalogue.ts';
import { isSchemaDefinition, type SchemaDefinition } from './schema-definition.ts';
import { schemaProblems } from './schema-problems.ts';
import { insertSchemaVersions } from './store.ts';

/**
 * Saves a schema as the next version of its slug (operation `putSchema`).
 * @throws Refusal 400 with the paths of what is wrong: a slug that differs from the path's, attributes without name, label or type, a title
 *   template that cannot be parsed, a matching strategy that is not offered
 */
export async function saveSchema(
  tx: TenantTransaction,
  slug: string,
  definition: unknown,
  now: Date,
): Promise<EntitySchema> {
  if (!isSchemaDefinition(definition)) {
    throw invalid({
      path: 'body',
      message: 'needs slug, name, plural, capabilities, and attributes with name, label and type',
    });
  }
  const problems: Problem[] = schemaProblems(slug, definition);
  if (problems.length > 0) throw invalid(problems, 'INVALID_SCHEMA');
  const earlier = (await schemasOf(tx)).find(slug);
  const [saved] = await insertSchemaVersions(tx, [stamped(definition, now, earlier)], now);
  if (!saved) throw new Error('A saved schema has a version');
  forgetSchemas(tx);
  return saved;
}

/** Gives a new organisation the core schemas; those it already has stay as they are. Part of creating an organisation. */
export async function seedCoreSchemas(tx: TenantTransaction, now: Date): Promise<void> {
  const known = await schemasOf(tx);
  const missing = CORE_SCHEMAS.filter(({ slug }) => known.find(slug) === undefined);
  if (missing.length === 0) return;
  await insertSchemaVersions(
    tx,
    missing.map((definition) => stamped(definition, now, undefined)),
    now,
  );
  forgetSchemas(tx);
}

/** Each version has an id of its own; the members the platform computes are not taken from what was sent. */
function stamped(
  definition: SchemaDefinition,
  now: Date,
  earlier: EntitySchema | undefined,
): SchemaDefinition {
  const { version, draft, frozen, latest, _summary, ...rest } = definition;
  return {
    ...rest,
    id: randomUUID(),
    created_at: earlier?.definition['created_at'] ?? now.toISOString(),
    updated_at: now.toISOString(),
  };
}
