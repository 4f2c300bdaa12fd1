import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { type Entity, findEntities, isEntityId, toWire } from '../../entities/index.ts';
import type { TenantQueries } from '../../storage/index.ts';

/**
 * Which of some targets match: entities of schema `target` whose `entity_schema` and `entity_filters` fit at least one entity in context
 * (portal §3.5). Unknown targets never match, nor do filters other than `{term}`, `{terms}` and `{exists}`.
 */
export async function matchingTargets(
  queries: TenantQueries,
  targetIds: readonly string[],
  context: readonly Entity[],
): Promise<ReadonlySet<string>> {
  const known = targetIds.filter(isEntityId);
  if (known.length === 0) return new Set();
  const targets = (await findEntities(queries, known)).filter(({ schema }) => schema === 'target');
  return new Set(
    targets.filter(({ doc }) => context.some((entity) => fits(entity, doc))).map(({ id }) => id),
  );
}

function fits(entity: Entity, target: JsonObject): boolean {
  if (target['entity_schema'] !== entity.schema) return false;
  const filters = target['entity_filters'];
  if (filters === undefined || filters === null) return true;
  if (!Array.isArray(filters)) return false;
  const members = toWire(entity);
  return filters.every((filter: unknown) => filterHolds(asObject(filter), members));
}

function filterHolds(filter: JsonObject, members: JsonObject): boolean {
  const entries = Object.entries(filter);
  const [kind, condition] = entries[0] ?? [];
  if (entries.length !== 1) return false;
  if (kind === 'exists') return valuesAt(members, String(asObject(condition)['field'] ?? '')).length > 0;
  const conditions = Object.entries(asObject(condition));
  const [attribute, wanted] = conditions[0] ?? [];
  if (conditions.length !== 1 || attribute === undefined) return false;
  const values = valuesAt(members, attribute.replace(/\.keyword$/, ''));
  if (kind === 'term') return values.includes(wanted);
  return kind === 'terms' && Array.isArray(wanted) && wanted.some((one: unknown) => values.includes(one));
}

function valuesAt(members: JsonObject, attribute: string): unknown[] {
  const value = members[attribute];
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
