import type { ConfigNode } from '../configuration/config-node.ts';
import {
  type Checked,
  type NormalisedReading,
  normaliseReading,
  normaliseReadingKey,
  type ReadingKey,
  type ReadingMatching,
} from '../readings/normalise-reading.ts';
import type { ItemScope } from '../run/item-scope.ts';
import type { MappingSite } from '../run/mapping-problem.ts';
import type { MappingRun } from '../run/mapping-run.ts';
import { compileOptionalExpression } from './expression.ts';
import { type Attributes, compileFields, type FieldPlan, mapFields, mappedAttributes } from './fields.ts';
import {
  compileIdentifiers,
  type IdentifierPlan,
  type Identifiers,
  resolveIdentifiers,
} from './identifiers.ts';
import { type ItemSelection, selectItems } from './items.ts';
import {
  compileReadingPrune,
  type ReadingPrunePlan,
  type ReadingPruneScope,
  resolveReadingScopes,
} from './reading-prune-scope.ts';

interface MappedReading {
  /** Position among the reading updates of the event. */
  readonly index: number;
  /** Index of the reading mapping in the configuration, and of the item within it. */
  readonly mapping: number;
  readonly item: number;
  readonly meter: Identifiers;
  /** Undefined without a counter block, or when its identifiers are unusable (spec ERP §9.1). */
  readonly meterCounter: Identifiers | undefined;
  readonly matching: ReadingMatching;
  /** As mapped, nothing coerced. */
  readonly attributes: Attributes;
}

/**
 * One intended write on the metering store. `reading` is the same with checked values; a reading that is not `ok` is
 * shown by the simulation and refused by the pipeline (spec ERP §7, §9.2). Prune mode reports `upsert`.
 */
export type ReadingUpdate =
  | (MappedReading & { readonly mode: 'upsert'; readonly reading: Checked<NormalisedReading> })
  | (MappedReading & { readonly mode: 'delete'; readonly reading: Checked<ReadingKey> });

/** A compiled reading mapping. */
export interface ReadingMappingPlan {
  /** Its place in the configuration's list. */
  readonly place: number;
  readonly selection: ItemSelection;
  readonly meter: IdentifierPlan;
  readonly meterCounter: IdentifierPlan | undefined;
  readonly matching: ReadingMatching;
  readonly mode: 'upsert' | 'delete';
  readonly prune: ReadingPrunePlan | undefined;
  readonly fields: readonly FieldPlan[];
}

/** Compiles an entry of `meter_readings` (contract: `IntegrationMeterReading`). `index` is its place in the list; undefined when it is left empty. */
export function compileReadingMapping(node: ConfigNode, index: number): ReadingMappingPlan | undefined {
  if (!node.isObject() || node.empty) return undefined;
  const expression = compileOptionalExpression(node.member('jsonataExpression'));
  const meter = compileMeter(node.member('meter'));
  const counter = node.member('meter_counter');
  const meterCounter = counter.absent ? undefined : compileMeter(counter);
  const matching = node.member('reading_matching').choice(['external_id', 'strict-date']);
  const mode = node.member('mode').choice(['upsert', 'delete', 'upsert-prune-scope']);
  const fields = compileFields(node.member('fields'));
  requireAttributes(node, index, mode, matching);
  return {
    place: index,
    selection: { expression, enabled: true },
    meter,
    meterCounter,
    matching,
    mode: mode === 'delete' ? 'delete' : 'upsert',
    prune:
      mode === 'upsert-prune-scope'
        ? compileReadingPrune(node.member('scope'), meter, meterCounter)
        : undefined,
    fields,
  };
}

function compileMeter(node: ConfigNode): IdentifierPlan {
  if (!node.isObject()) return { sources: [], types: {} };
  const list = node.member('unique_ids');
  if (Array.isArray(list.value) && list.value.length === 0) list.refuse('REQUIRED', 'Must not be empty');
  return compileIdentifiers(list);
}

/** Attributes the fields must map (spec ERP §6.2); the message is the documented one. */
function requireAttributes(node: ConfigNode, index: number, mode: string, matching: ReadingMatching): void {
  const mapped = mappedAttributes(node.member('fields'));
  const byDay = mode === 'delete' && matching === 'strict-date' && mapped.has('timestamp');
  const required = mode === 'delete' ? ['external_id'] : ['external_id', 'timestamp', 'source', 'value'];
  const missing = byDay ? [] : required.filter((attribute) => !mapped.has(attribute));
  if (missing.length === 0) return;
  const list = missing.join(', ');
  node
    .member('fields')
    .refuse(
      'READING_ATTRIBUTES_MISSING',
      `Meter readings configuration (item ${index}) is missing required field attributes: ${list}`,
    );
}

/** Runs one reading mapping (spec ERP §6.1): appends its readings and, in the prune mode, its scopes (§6.13). */
export function runReadingMapping(
  plan: ReadingMappingPlan,
  mapping: number,
  run: MappingRun,
  updates: ReadingUpdate[],
  pruneScopes: ReadingPruneScope[],
): void {
  const site: MappingSite = { kind: 'reading', index: mapping, entitySchema: 'meter_reading' };
  const items = selectItems(plan.selection, run, site);
  if (!items) return;
  const first = updates.length;
  for (const scope of items) {
    const update = mapReading(plan, run, scope, updates.length);
    if (update) updates.push(update);
  }
  if (!plan.prune) return;
  pruneScopes.push(...resolveReadingScopes(plan.prune, run, site, updates.slice(first), items.length));
}

function mapReading(
  plan: ReadingMappingPlan,
  run: MappingRun,
  scope: ItemScope,
  index: number,
): ReadingUpdate | undefined {
  const meter = resolve(plan.meter, 'meter', run, scope);
  const meterCounter = plan.meterCounter && resolve(plan.meterCounter, 'meter_counter', run, scope);
  const { attributes } = mapFields(plan.fields, run, scope);
  if (!meter) return undefined;
  const { matching } = plan;
  const mapped = {
    index,
    mapping: scope.site.index,
    item: scope.index ?? 0,
    meter,
    meterCounter,
    matching,
    attributes,
  };
  const update: ReadingUpdate =
    plan.mode === 'delete'
      ? { ...mapped, mode: 'delete', reading: normaliseReadingKey(attributes, matching) }
      : { ...mapped, mode: 'upsert', reading: normaliseReading(attributes) };
  if (!update.reading.ok) {
    for (const { code, category, attribute, message } of update.reading.violations) {
      run.report(scope, { severity: 'error', code, category, field: attribute, message });
    }
  }
  return update;
}

/** Resolves the meter (without it the reading is lost, an error) or the counter (without it the meter must do). */
function resolve(
  plan: IdentifierPlan,
  part: 'meter' | 'meter_counter',
  run: MappingRun,
  scope: ItemScope,
): Identifiers | undefined {
  const identifiers = resolveIdentifiers(plan, run, scope);
  if ('values' in identifiers) return identifiers;
  const { unusable, failure } = identifiers;
  run.report(scope, {
    severity: part === 'meter' ? 'error' : 'warning',
    code: failure?.code ?? 'MISSING_UNIQUE_IDENTIFIERS',
    category: failure?.category ?? 'validation',
    field: part,
    message: `The identifier ${unusable} of the ${part} has no usable value`,
  });
  return undefined;
}
