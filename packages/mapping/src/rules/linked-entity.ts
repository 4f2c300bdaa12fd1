import type { ConfigNode } from '../configuration/config-node.ts';
import type { ItemScope } from '../run/item-scope.ts';
import type { MappingRun } from '../run/mapping-run.ts';
import {
  compileIdentifiers,
  type IdentifierPlan,
  type IdentifierTypes,
  type IdentifierValues,
  resolveIdentifiers,
} from './identifiers.ts';

/**
 * The target of a relation or relation reference before any lookup (spec ERP §6.9). `$entity_unique_id_types` carries
 * the lookup hints to the pipeline; it is there only if an identifier has a `_type`, and not part of the wire shape.
 */
export interface LinkedEntity {
  readonly $entity_unique_ids: IdentifierValues;
  readonly $entity_unique_id_types?: IdentifierTypes;
  readonly _schema: string;
}

/** A compiled target: schema and identifiers. */
export interface LinkedEntityPlan {
  readonly schema: string;
  readonly identifiers: IdentifierPlan;
}

/** Compiles `entity_schema` and `unique_ids` of a relation item. */
export function compileLinkedEntity(node: ConfigNode): LinkedEntityPlan | undefined {
  if (!node.isObject()) return undefined;
  const schema = node.member('entity_schema').text();
  const identifiers = compileIdentifiers(node.member('unique_ids'));
  return schema === undefined ? undefined : { schema, identifiers };
}

/** Resolves a target; undefined, with a warning for `attribute`, when an identifier is unusable (spec ERP §6.9). */
export function resolveLinkedEntity(
  plan: LinkedEntityPlan,
  attribute: string,
  run: MappingRun,
  scope: ItemScope,
): LinkedEntity | undefined {
  const identifiers = resolveIdentifiers(plan.identifiers, run, scope);
  if ('values' in identifiers) {
    const target = { $entity_unique_ids: identifiers.values, _schema: plan.schema };
    const hinted = Object.keys(identifiers.types).length > 0;
    return hinted ? { ...target, $entity_unique_id_types: identifiers.types } : target;
  }
  const { unusable, failure } = identifiers;
  run.report(scope, {
    severity: 'warning',
    code: failure?.code ?? 'MISSING_UNIQUE_IDENTIFIERS',
    category: failure?.category ?? 'validation',
    field: attribute,
    message: `An item was left out: its identifier ${unusable} has no usable value`,
  });
  return undefined;
}
