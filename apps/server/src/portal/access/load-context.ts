import type { Entity } from '../../entities/index.ts';
import { forbidden, invalid } from '../../refusal.ts';
import type { PortalAccess } from './portal-access.ts';

/** One entry of `context_entities`. */
export interface ContextReference {
  readonly entity_id: string;
  readonly entity_schema: string;
}

/**
 * The entities a client names as the context of its question, in their order (spec/portal.md §0.4). Throws 400 for more than 20, 403 unless the user reaches each and
 * it has the named schema.
 */
export async function loadContext(
  access: PortalAccess,
  references: readonly ContextReference[] | undefined,
): Promise<Entity[]> {
  const wanted = references ?? [];
  requireFewReferences(wanted);
  if (wanted.length === 0) return [];
  const found = new Map(
    (await access.loadMany(wanted.map(({ entity_id }) => entity_id))).map((entity) => [entity.id, entity]),
  );
  return wanted.map(({ entity_id, entity_schema }) => {
    const entity = found.get(entity_id);
    if (entity?.schema !== entity_schema) throw forbidden('Not permitted: an entity of the context');
    return entity;
  });
}

const MOST_REFERENCES = 20;

/** Throws 400 for more entities than a context may name. */
export function requireFewReferences(references: readonly unknown[]): void {
  if (references.length > MOST_REFERENCES)
    throw invalid({ path: 'context_entities', message: `has more than ${MOST_REFERENCES} entries` });
}
