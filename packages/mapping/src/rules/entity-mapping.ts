import type { ConfigNode } from '../configuration/config-node.ts';
import type { ItemScope } from '../run/item-scope.ts';
import type { MappingSite } from '../run/mapping-problem.ts';
import type { MappingRun } from '../run/mapping-run.ts';
import { compileEnabled } from './enabled.ts';
import {
  compileEntityIdentifiers,
  type EntityIdentifierPlan,
  resolveEntityIdentifiers,
} from './entity-identifiers.ts';
import { compileOptionalExpression } from './expression.ts';
import { type Attributes, compileFields, type FieldPlan, mapFields, mappedAttributes } from './fields.ts';
import type { IdentifierTypes, IdentifierValues } from './identifiers.ts';
import { type ItemSelection, selectItems } from './items.ts';
import {
  checkUnusedPruneScope,
  compilePruneScope,
  type EntityPruneScope,
  type PrunePlan,
  resolvePruneScope,
  withholdPrune,
} from './prune-scope.ts';

/** One intended write on an entity. */
export interface EntityUpdate {
  /** Position among the entity updates of the event. */
  readonly index: number;
  /** Index of the entity mapping in the configuration, and of the item within it. */
  readonly mapping: number;
  readonly item: number;
  readonly entitySchema: string;
  readonly uniqueIdentifiers: IdentifierValues;
  /** Which identifiers are repeatable by their `_type`; a lookup hint. */
  readonly identifierTypes: IdentifierTypes;
  readonly attributes: Attributes;
  /** Prune modes report `upsert` here. */
  readonly mode: 'upsert' | 'delete' | 'purge';
}

/** A compiled entity mapping. */
export interface EntityMappingPlan {
  /** Its place in the configuration's list. */
  readonly place: number;
  readonly entitySchema: string;
  readonly selection: ItemSelection;
  readonly fields: readonly FieldPlan[];
  readonly identifiers: EntityIdentifierPlan;
  readonly mode: EntityUpdate['mode'];
  readonly prune: PrunePlan | undefined;
}

const MODES = ['upsert', 'delete', 'purge', 'upsert-prune-scope-purge', 'upsert-prune-scope-delete'] as const;

/** Compiles the entry of `entities` (contract: `IntegrationEntity`) at a place; undefined when it is left empty or its schema is missing. */
export function compileEntityMapping(node: ConfigNode, place: number): EntityMappingPlan | undefined {
  if (!node.isObject() || node.empty) return undefined;
  const entitySchema = node.member('entity_schema').text();
  const selection = {
    expression: compileOptionalExpression(node.member('jsonataExpression')),
    enabled: compileEnabled(node.member('enabled')),
  };
  const fields = compileFields(node.member('fields'));
  const identifiers = compileEntityIdentifiers(
    node.member('unique_ids'),
    mappedAttributes(node.member('fields')),
    fields,
  );
  const mode = node.member('mode').choice(MODES);
  const prune = compileScope(node.member('scope'), mode);
  if (entitySchema === undefined) return undefined;
  const itemMode = mode === 'delete' || mode === 'purge' ? mode : 'upsert';
  return { place, entitySchema, selection, fields, identifiers, mode: itemMode, prune };
}

function compileScope(node: ConfigNode, mode: (typeof MODES)[number]): PrunePlan | undefined {
  if (mode === 'upsert-prune-scope-purge') return compilePruneScope(node, 'purge');
  if (mode === 'upsert-prune-scope-delete') return compilePruneScope(node, 'delete');
  checkUnusedPruneScope(node);
  return undefined;
}

/**
 * Runs one entity mapping (spec ERP §6.1): appends its updates and, in the prune modes, its scope. A disabled or failed
 * mapping and one with an unusable item prunes nothing; no items at all prune the whole scope (§6.13).
 */
export function runEntityMapping(
  plan: EntityMappingPlan,
  mapping: number,
  run: MappingRun,
  updates: EntityUpdate[],
  pruneScopes: EntityPruneScope[],
): void {
  const site: MappingSite = { kind: 'entity', index: mapping, entitySchema: plan.entitySchema };
  const items = selectItems(plan.selection, run, site);
  if (!items) return;
  const first = updates.length;
  for (const scope of items) {
    const update = mapItem(plan, run, scope, updates.length);
    if (update) updates.push(update);
  }
  if (plan.prune) prune(plan.prune, run, site, updates.slice(first), items.length, pruneScopes);
}

function prune(
  plan: PrunePlan,
  run: MappingRun,
  site: MappingSite,
  updates: readonly EntityUpdate[],
  itemCount: number,
  pruneScopes: EntityPruneScope[],
): void {
  if (updates.length < itemCount) {
    withholdPrune(run, site, 'an item has no usable identifiers');
    return;
  }
  const scope = resolvePruneScope(plan, run, site);
  if (!scope) return;
  pruneScopes.push({
    mapping: site.index,
    entitySchema: site.entitySchema,
    scope,
    keepUniqueIds: updates.map(({ uniqueIdentifiers }) => uniqueIdentifiers),
    deletionMode: plan.deletionMode,
  });
}

function mapItem(
  plan: EntityMappingPlan,
  run: MappingRun,
  scope: ItemScope,
  index: number,
): EntityUpdate | undefined {
  const mapped = mapFields(plan.fields, run, scope);
  const uniqueIdentifiers = resolveEntityIdentifiers(plan.identifiers, mapped, run, scope);
  if (!uniqueIdentifiers) return undefined;
  return {
    index,
    mapping: scope.site.index,
    item: scope.index ?? 0,
    entitySchema: plan.entitySchema,
    uniqueIdentifiers,
    identifierTypes: plan.identifiers.types,
    attributes: mapped.attributes,
    mode: plan.mode,
  };
}
