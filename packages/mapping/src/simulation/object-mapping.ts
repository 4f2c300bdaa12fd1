import type { MappingPlan } from '../compile-mapping.ts';
import type { ConfigNode } from '../configuration/config-node.ts';
import { compileEntityIdentifiers, type EntityIdentifierPlan } from '../rules/entity-identifiers.ts';
import type { EntityMappingPlan } from '../rules/entity-mapping.ts';
import { compileFieldPath } from '../rules/field-path.ts';
import { compileRequiredSource, type ReadSource } from '../rules/field-source.ts';
import type { FieldPlan } from '../rules/fields.ts';

/** A field of version 1.0 with the entity it belongs to. */
interface ObjectField {
  readonly entity: string;
  readonly plan: FieldPlan;
}

/**
 * Compiles an object of mapping version 1.0 (spec ERP §6.14, contract: `IntegrationObjectV1`) to the same plan as version
 * 2.0: one `upsert` per entity slug in the order of `unique_ids`, fields read from the payload. Identifiers given as a
 * map (payload property → attribute) are not added to the attributes.
 */
export function compileObjectMapping(node: ConfigNode): MappingPlan {
  if (!node.isObject()) return { entities: [], readings: [] };
  const uniqueIds = node.member('unique_ids');
  const slugs = uniqueIds.entries();
  const fields = node
    .member('fields')
    .elements()
    .flatMap((field) => compileObjectField(field, uniqueIds) ?? []);
  return {
    entities: slugs.map(([slug, identifiers], place) => compileEntity(place, slug, identifiers, fields)),
    readings: [],
  };
}

function compileObjectField(node: ConfigNode, uniqueIds: ConfigNode): ObjectField | undefined {
  if (!node.isObject()) return undefined;
  const entity = node.member('entity').text();
  const attribute = node.member('attribute').memberName();
  const read = compileRequiredSource(node);
  if (entity !== undefined && !uniqueIds.has(entity)) {
    node.member('entity').refuse('REQUIRED', `The entity ${entity} has no unique_ids`);
  }
  if (entity === undefined || attribute === undefined || !read) return undefined;
  return { entity, plan: { attribute, enabled: true, read, repeatable: undefined } };
}

function compileEntity(
  place: number,
  slug: string,
  identifiers: ConfigNode,
  fields: readonly ObjectField[],
): EntityMappingPlan {
  const own = fields.filter(({ entity }) => entity === slug).map(({ plan }) => plan);
  const mapped = new Set(own.map(({ attribute }) => attribute));
  return {
    place,
    entitySchema: slug,
    selection: { expression: undefined, enabled: true },
    fields: own,
    identifiers: Array.isArray(identifiers.value)
      ? compileEntityIdentifiers(identifiers, mapped, own)
      : compileIdentifierMap(identifiers),
    mode: 'upsert',
    prune: undefined,
  };
}

function compileIdentifierMap(node: ConfigNode): EntityIdentifierPlan {
  const sources = new Map<string, ReadSource>();
  const entries = node.entries();
  if (entries.length === 0) node.refuse('REQUIRED', 'At least one unique identifier is needed');
  for (const [property, attribute] of entries) {
    const name = attribute.memberName();
    const read = compileFieldPath(property, attribute);
    if (name !== undefined && read) sources.set(name, read);
  }
  return { names: [...sources.keys()], types: {}, sources };
}
