import type { ConfigNode } from '../configuration/config-node.ts';
import { type ExpressionFailure, expressionFailure } from '../run/expression-failure.ts';
import type { ItemScope } from '../run/item-scope.ts';
import type { MappingRun } from '../run/mapping-run.ts';
import { compileRequiredSource, type ReadSource } from './field-source.ts';
import { bareValue, compileRepeatableType, type RepeatableType } from './repeatable.ts';

/** A value an entity can be looked up by: a text that is not blank, or a finite number (spec ERP §6.8). */
export type IdentifierValue = string | number;

/** Identifying attributes with their values, in their type; they are compared as text later. */
export type IdentifierValues = Record<string, IdentifierValue>;

/** Lookup hints: the attributes among the identifiers that are repeatable. */
export type IdentifierTypes = Readonly<Record<string, RepeatableType>>;

/** Identifiers that were resolved; `types` is empty when no attribute has a `_type`. */
export interface Identifiers {
  readonly values: IdentifierValues;
  readonly types: IdentifierTypes;
}

/** Why identifiers could not be resolved: the first attribute that is not usable, and the failure if it failed. */
export interface UnusableIdentifiers {
  readonly unusable: string;
  readonly failure: ExpressionFailure | undefined;
}

/** A compiled `unique_ids` list of a relation item, meter, counter or prune scope. */
export interface IdentifierPlan {
  readonly sources: readonly IdentifierSource[];
  readonly types: IdentifierTypes;
}

interface IdentifierSource {
  readonly attribute: string;
  readonly type: RepeatableType | undefined;
  readonly read: ReadSource;
}

export function isUsableIdentifier(value: unknown): value is IdentifierValue {
  return typeof value === 'string'
    ? value.trim() !== ''
    : typeof value === 'number' && Number.isFinite(value);
}

/** Compiles a list of `{ attribute, _type?, field | jsonataExpression | constant }` (contract: `RelationUniqueIdField`). */
export function compileIdentifiers(node: ConfigNode): IdentifierPlan {
  const sources: IdentifierSource[] = [];
  const types: Record<string, RepeatableType> = {};
  for (const entry of node.elements()) {
    const attribute = entry.member('attribute').memberName();
    const type = compileRepeatableType(entry.member('_type'));
    const read = compileRequiredSource(entry);
    if (attribute === undefined || !read) continue;
    sources.push({ attribute, type, read });
    if (type) types[attribute] = type;
  }
  return { sources, types };
}

/**
 * Resolves identifiers in a scope. All sources are read even after a failure, so that what has to be awaited is started
 * together. An empty list identifies nothing and is unusable.
 */
export function resolveIdentifiers(
  plan: IdentifierPlan,
  run: MappingRun,
  scope: ItemScope,
): Identifiers | UnusableIdentifiers {
  const values: IdentifierValues = {};
  let unusable: UnusableIdentifiers | undefined;
  for (const { attribute, type, read } of plan.sources) {
    try {
      const value = read(run, scope);
      const bare = type ? bareValue(value, type) : value;
      if (isUsableIdentifier(bare)) values[attribute] = bare;
      else unusable ??= { unusable: attribute, failure: undefined };
    } catch (error) {
      unusable ??= { unusable: attribute, failure: expressionFailure(error) };
    }
  }
  if (plan.sources.length === 0) return { unusable: 'unique_ids', failure: undefined };
  return unusable ?? { values, types: plan.types };
}
