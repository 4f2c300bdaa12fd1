import { randomUUID } from 'node:crypto';
import { invalid, type Problem } from '../../refusal.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { coreFingerprint } from './core/core-fingerprint.ts';
import { CORE_SCHEMAS } from './core/core-schemas.ts';
import type { EntitySchema } from './entity-schema.ts';
import { forgetSchemas, schemasOf } from './schema-catalogue.ts';
import { isSchemaDefinition, type SchemaDefinition } from './schema-definition.ts';
import { schemaProblems } from './schema-problems.ts';
import { insertSchemaVersions, nameCoreSchemas, readCoreFingerprints } from './store.ts';

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

/**
 * Gives an organisation the core schemas of this server: those it lacks, and the next version of those that are still as an earlier server saved
 * them. What the organisation has saved itself stays. Part of creating an organisation.
 */
export async function bringCoreSchemas(tx: TenantTransaction, now: Date): Promise<void> {
  const known = await schemasOf(tx);
  const saved = await readCoreFingerprints(tx);
  const fingerprints = new Map(
    CORE_SCHEMAS.map((definition) => [definition.slug, coreFingerprint(definition)]),
  );
  const behind = CORE_SCHEMAS.filter((definition) => {
    const { latest, all } = saved.get(definition.slug) ?? { latest: undefined, all: [] };
    if (!known.find(definition.slug)) return true;
    return latest !== undefined && !all.includes(fingerprints.get(definition.slug) ?? '');
  });
  const saysTheSame = ({ slug }: SchemaDefinition) => {
    const definition = known.find(slug)?.definition;
    return definition !== undefined && coreFingerprint(definition) === fingerprints.get(slug);
  };
  await nameCoreSchemas(
    tx,
    behind.filter(saysTheSame).map(({ slug }) => [slug, fingerprints.get(slug) ?? '']),
  );
  const wanted = behind.filter((definition) => !saysTheSame(definition));
  if (wanted.length === 0) return;
  await insertSchemaVersions(
    tx,
    wanted.map((definition) => stamped(definition, now, known.find(definition.slug))),
    now,
    fingerprints,
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
