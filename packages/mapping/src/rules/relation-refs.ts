import type { ConfigNode } from '../configuration/config-node.ts';
import { type ExpressionFailure, expressionFailure } from '../run/expression-failure.ts';
import type { ItemScope } from '../run/item-scope.ts';
import type { MappingRun } from '../run/mapping-run.ts';
import { compileRequiredSource, type ReadSource } from './field-source.ts';
import { compileLinkList, type ResolveLink } from './link-list.ts';
import { compileLinkedEntity, type LinkedEntity, resolveLinkedEntity } from './linked-entity.ts';

/** A relation reference as mapped: the target, the place on it, and what is stored there (spec ERP §6.10). */
export interface RelationRefTarget extends LinkedEntity {
  readonly path: string;
  readonly value: {
    readonly attribute: string;
    readonly operation: '_set' | '_append' | '_append_all';
    readonly value: unknown;
  };
}

/** Compiles the `relation_refs` of a field: `{ "$relation_ref": { "_set": [ … ] } }` (spec ERP §6.10). */
export function compileRelationRefs(node: ConfigNode, attribute: string): ReadSource | undefined {
  return compileLinkList(node, attribute, '$relation_ref', compileRelationRef);
}

function compileRelationRef(node: ConfigNode, attribute: string): ResolveLink | undefined {
  const entity = compileLinkedEntity(node);
  if (!entity) return undefined;
  const path = node.member('path').text();
  const value = node.member('value');
  if (!value.isObject()) return undefined;
  const target = value.member('attribute').memberName();
  const operation = value.member('operation').choice(['_set', '_append', '_append_all']);
  const read = compileRequiredSource(value);
  if (path === undefined || target === undefined || !read) return undefined;
  return (run, scope): RelationRefTarget | undefined => {
    const linked = resolveLinkedEntity(entity, attribute, run, scope);
    if (!linked) return undefined;
    const stored = readStoredValue(read, attribute, run, scope);
    if (stored === undefined) return undefined;
    return { ...linked, path, value: { attribute: target, operation, value: stored } };
  };
}

/** The value to store; undefined, with a warning, when there is none: the item is left out then. */
function readStoredValue(read: ReadSource, attribute: string, run: MappingRun, scope: ItemScope): unknown {
  let failure: ExpressionFailure | undefined;
  try {
    const value = read(run, scope);
    if (value !== undefined) return value;
  } catch (error) {
    failure = expressionFailure(error);
  }
  run.report(scope, {
    severity: 'warning',
    code: failure?.code ?? 'RELATION_REF_VALUE_UNDEFINED',
    category: failure?.category ?? 'validation',
    field: attribute,
    message: 'An item was left out: its value is undefined',
  });
  return undefined;
}
