import type { JsonObject } from '../json-reading.ts';
import { decide, type EffectiveGrants } from './decision.ts';
import { matchesPattern } from './pattern.ts';

/** Where an attribute stands in its schema: the ids and the labels of its groups. None: it is ungrouped. */
export interface AttributePlace {
  readonly name: string;
  readonly groups: readonly string[];
}

/** System members that every reader of an entity sees (identity §4.3). */
const ALWAYS_VISIBLE: ReadonlySet<string> = new Set([
  '_id',
  '_title',
  '_org',
  '_schema',
  '_created_at',
  '_updated_at',
  '_tags',
  '_purpose',
  '_owners',
  '_acl',
  '_manifest',
]);

/**
 * Whether one attribute may be seen or changed. Staff roles without any attribute grant for the schema see and change all of them;
 * portal roles (`strict`) need a grant for each (identity §4.3, portal §5.2).
 */
export function attributeAllowed(
  grants: EffectiveGrants,
  action: 'entity:attribute:view' | 'entity:attribute:edit',
  schema: string,
  attribute: AttributePlace,
  options: { readonly strict: boolean; readonly entity?: JsonObject | undefined },
): boolean {
  if (grants.readOnly && action === 'entity:attribute:edit') return false;
  if (!options.strict && !hasAttributeGrants(grants, schema)) return true;
  const groups = attribute.groups.length > 0 ? attribute.groups : ['_ungrouped'];
  const resources = groups.map((group) => `${schema}:${group}:${attribute.name}`);
  return decide(grants, { actions: [action], resources, entity: options.entity });
}

/** The entity without the attributes its reader may not see. */
export function visibleMembers(
  grants: EffectiveGrants,
  schema: string,
  entity: JsonObject,
  placeOf: (attribute: string) => AttributePlace,
  options: { readonly strict: boolean },
): JsonObject {
  const visible: JsonObject = {};
  const judging = { ...options, entity };
  for (const [name, value] of Object.entries(entity)) {
    if (
      ALWAYS_VISIBLE.has(name) ||
      attributeAllowed(grants, 'entity:attribute:view', schema, placeOf(name), judging)
    ) {
      visible[name] = value;
    }
  }
  return visible;
}

/** Grants that speak of attributes of this schema: from then on each attribute needs one. */
function hasAttributeGrants(grants: EffectiveGrants, schema: string): boolean {
  return [...grants.own, ...(grants.ceiling ?? [])].some(
    ({ action, resource }) =>
      action.startsWith('entity:attribute:') &&
      (resource === undefined || matchesPattern(resource.split(':', 1)[0] ?? '', schema)),
  );
}
