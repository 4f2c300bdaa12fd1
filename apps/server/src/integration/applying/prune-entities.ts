import type { EntityPruneScope } from '@busbar/mapping';
import { findByUniqueKeys, relatedIds } from '../../entities/index.ts';
import type { EventOutcome } from '../pipeline/event-outcome.ts';
import type { ApplySession } from './apply-session.ts';
import { identityOf } from './identity.ts';

/** Every entity with certain attributes, instead of the few that tell one from several. */
const ALL = Number.MAX_SAFE_INTEGER;

/**
 * Removes what is in the scope of a mapping and was not among its updates (erp-integration.md 6.13, 8.7), and counts it. Entities that the
 * updates touched stay, by id. Nothing is removed when one of the updates failed or the scope is ambiguous.
 */
export async function pruneEntities(
  session: ApplySession,
  prune: EntityPruneScope,
  outcome: EventOutcome,
): Promise<void> {
  await session.flush();
  const withhold = (code: string, reason: string) =>
    outcome.warn('entity', {
      code,
      category: 'validation',
      message: `Nothing was pruned of ${prune.entitySchema}: ${reason}`,
    });
  if (outcome.isSpoiled(prune.mapping)) return withhold('PRUNE_SCOPE_PARTIAL_FAILURE', 'an update failed');
  const candidates = await candidatesOf(session, prune);
  if (!candidates)
    return withhold('UNIQUE_ID_MULTIPLE_MATCHES', 'several entities have the identifiers of the scope');
  const kept = outcome.touchedBy(prune.mapping);
  const removed = candidates.filter((id) => !kept.has(id));
  let refused = 0;
  for (const id of removed) {
    session.remove({ kind: prune.deletionMode, id, schema: prune.entitySchema }, (result) => {
      if (result.outcome === 'refused') refused += 1;
    });
  }
  await session.flush();
  outcome.pruned('entity', removed.length - refused);
  if (refused > 0)
    withhold('PRUNE_SCOPE_PARTIAL_FAILURE', `${refused} of ${removed.length} entities could not be removed`);
}

/** The live entities in scope; undefined when the scope entity is ambiguous. An unknown scope entity has nothing in scope. */
async function candidatesOf(
  session: ApplySession,
  { entitySchema, scope }: EntityPruneScope,
): Promise<string[] | undefined> {
  if (scope.scopeMode === 'query') {
    const { keys } = identityOf(entitySchema, scope.query, scope.identifierTypes);
    const found = await findByUniqueKeys(session.tx, entitySchema, keys, { most: ALL });
    return found.map(({ id }) => id);
  }
  const [entity, ...others] = await session.find(
    identityOf(scope.schema, scope.uniqueIds, scope.identifierTypes),
  );
  if (others.length > 0) return undefined;
  if (entity === undefined) return [];
  const related = await relatedIds(session.tx, [entity], { schema: entitySchema, direction: 'both' });
  return related.map(({ id }) => id);
}
