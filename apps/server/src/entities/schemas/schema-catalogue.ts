import { notFound } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import type { EntitySchema } from './entity-schema.ts';
import { readGeneration, readLatestSchemas } from './store.ts';

/** The latest version of every schema of one organisation, at one moment. */
export class OrganisationSchemas {
  readonly #bySlug: ReadonlyMap<string, EntitySchema>;

  constructor(schemas: readonly EntitySchema[]) {
    this.#bySlug = new Map(schemas.map((schema) => [schema.slug, schema]));
  }

  all(): EntitySchema[] {
    return [...this.#bySlug.values()];
  }

  find(slug: string): EntitySchema | undefined {
    return this.#bySlug.get(slug);
  }

  /** Throws 404 `SCHEMA_NOT_FOUND`. */
  get(slug: string): EntitySchema {
    const schema = this.#bySlug.get(slug);
    if (!schema) throw notFound(`Schema ${slug}`, 'SCHEMA_NOT_FOUND');
    return schema;
  }
}

const MOST_ORGANISATIONS = 200;

/** The prepared schemas of the organisations last asked for, each with the generation it was read at. */
const cached = new Map<string, { generation: number; schemas: OrganisationSchemas }>();

/** What a transaction has seen of the schemas; it keeps seeing that until it saves some itself. */
const inTransaction = new WeakMap<TenantQueries, Promise<OrganisationSchemas>>();

/**
 * The schemas of the organisation. They are kept in memory; one small statement asks whether another process has saved a newer version,
 * so that an answer is never stale. A transaction asks once, and sees its own saves.
 */
export function schemasOf(queries: TenantQueries): Promise<OrganisationSchemas> {
  if (!('afterCommit' in queries)) return currentSchemas(queries);
  const known = inTransaction.get(queries) ?? currentSchemas(queries);
  inTransaction.set(queries, known);
  return known;
}

/** Lets a transaction see the schemas it has just saved. */
export function forgetSchemas(tx: TenantQueries): void {
  inTransaction.delete(tx);
}

async function currentSchemas(queries: TenantQueries): Promise<OrganisationSchemas> {
  return schemasAt(queries, await readGeneration(queries));
}

/** The schemas of the organisation at a generation that the caller has just read: from memory where that is what is kept, else the latest. */
export async function schemasAt(queries: TenantQueries, generation: number): Promise<OrganisationSchemas> {
  const known = cached.get(queries.org);
  if (known && known.generation === generation) {
    cached.delete(queries.org);
    cached.set(queries.org, known);
    return known.schemas;
  }
  const schemas = new OrganisationSchemas(await readLatestSchemas(queries));
  cached.delete(queries.org);
  cached.set(queries.org, { generation, schemas });
  for (const org of cached.keys()) {
    if (cached.size <= MOST_ORGANISATIONS) break;
    cached.delete(org);
  }
  return schemas;
}
