import type { ConfigNode } from '../configuration/config-node.ts';
import { isRecord } from '../json/record.ts';
import { payloadScope } from '../run/item-scope.ts';
import type { MappingSite } from '../run/mapping-problem.ts';
import type { MappingRun } from '../run/mapping-run.ts';
import { compileValueSource } from './field-source.ts';
import {
  compileIdentifiers,
  type IdentifierPlan,
  type IdentifierTypes,
  type IdentifierValues,
  resolveIdentifiers,
} from './identifiers.ts';

/** The entities a prune may remove, resolved against the payload (spec ERP §6.13). */
export type ResolvedScope =
  | {
      readonly scopeMode: 'relations';
      readonly schema: string;
      readonly uniqueIds: IdentifierValues;
      readonly identifierTypes: IdentifierTypes;
    }
  | {
      readonly scopeMode: 'query';
      readonly query: IdentifierValues;
      readonly identifierTypes: IdentifierTypes;
    };

/** Everything in scope that is not among `keepUniqueIds` is to be removed after the updates of its mapping. */
export interface EntityPruneScope {
  /** Index of the entity mapping in the configuration. */
  readonly mapping: number;
  readonly entitySchema: string;
  readonly scope: ResolvedScope;
  /** Identifiers of the mapping's updates, in their order. */
  readonly keepUniqueIds: readonly IdentifierValues[];
  readonly deletionMode: 'delete' | 'purge';
}

/** A compiled prune scope. */
export interface PrunePlan {
  readonly deletionMode: 'delete' | 'purge';
  /** The scope entity's schema in `relations` mode, undefined in `query` mode. */
  readonly schema: string | undefined;
  readonly identifiers: IdentifierPlan;
}

/** Compiles the `scope` of a prune mode; issues when it or what its mode needs is missing (spec ERP §6.2). */
export function compilePruneScope(node: ConfigNode, deletionMode: 'delete' | 'purge'): PrunePlan | undefined {
  if (node.absent) return node.refuse('SCOPE_MISSING', 'A prune mode needs a scope');
  if (!node.isObject()) return undefined;
  const mode = node.member('scope_mode');
  if (mode.value === 'query') {
    return { deletionMode, schema: undefined, identifiers: compileNonEmpty(node.member('query')) };
  }
  if (mode.value !== 'relations') return mode.refuse('INVALID_VALUE', 'Must be one of relations, query');
  const schema = node.member('schema').text();
  const identifiers = compileNonEmpty(node.member('unique_ids'));
  return schema === undefined ? undefined : { deletionMode, schema, identifiers };
}

/**
 * Checks the `scope` of a mapping that does not prune: it has no effect, but expressions and paths in it must parse like
 * those in any other place (spec ERP §6.2).
 */
export function checkUnusedPruneScope(node: ConfigNode): void {
  if (!isRecord(node.value)) return;
  for (const list of [node.member('unique_ids'), node.member('query')]) {
    if (!Array.isArray(list.value)) continue;
    for (const entry of list.elements()) if (isRecord(entry.value)) compileValueSource(entry);
  }
}

function compileNonEmpty(node: ConfigNode): IdentifierPlan {
  if (Array.isArray(node.value) && node.value.length === 0) node.refuse('REQUIRED', 'Must not be empty');
  return compileIdentifiers(node);
}

/**
 * Resolves a scope against the payload, never an item. Undefined, with a warning, when any value is unusable: a scope
 * must not widen because a value is missing (spec ERP §6.13).
 */
export function resolvePruneScope(
  plan: PrunePlan,
  run: MappingRun,
  site: MappingSite,
): ResolvedScope | undefined {
  const scope = payloadScope(run.payload, site);
  const identifiers = resolveIdentifiers(plan.identifiers, run, scope);
  if ('values' in identifiers) {
    const { values, types } = identifiers;
    return plan.schema === undefined
      ? { scopeMode: 'query', query: values, identifierTypes: types }
      : { scopeMode: 'relations', schema: plan.schema, uniqueIds: values, identifierTypes: types };
  }
  const { unusable, failure } = identifiers;
  run.report(scope, {
    severity: 'warning',
    code: failure?.code ?? 'MISSING_UNIQUE_IDENTIFIERS',
    category: failure?.category ?? 'validation',
    field: 'scope',
    message: `Nothing is pruned: the scope value ${unusable} is not usable`,
  });
  return undefined;
}

/** Reports that a prune was withheld because the mapping's own updates are incomplete (spec ERP §6.13). */
export function withholdPrune(run: MappingRun, site: MappingSite, reason: string): void {
  run.report(payloadScope(run.payload, site), {
    severity: 'warning',
    code: 'PRUNE_SCOPE_PARTIAL_FAILURE',
    category: 'validation',
    field: 'scope',
    message: `Nothing is pruned: ${reason}`,
  });
}
