import type { ConfigNode } from '../configuration/config-node.ts';
import { payloadScope } from '../run/item-scope.ts';
import type { MappingSite } from '../run/mapping-problem.ts';
import type { MappingRun } from '../run/mapping-run.ts';
import { type IdentifierPlan, type Identifiers, resolveIdentifiers } from './identifiers.ts';
import { withholdPrune } from './prune-scope.ts';
import type { ReadingUpdate } from './reading-mapping.ts';

/**
 * The readings of one meter and counter of which all but `keepExternalIds` are to be deleted; with `source` only
 * readings of that source (spec ERP §6.13).
 */
export interface ReadingPruneScope {
  /** Index of the reading mapping in the configuration. */
  readonly mapping: number;
  readonly meter: Identifiers;
  readonly meterCounter: Identifiers | undefined;
  readonly keepExternalIds: readonly string[];
  readonly source: string | undefined;
}

/** A compiled reading prune. */
export interface ReadingPrunePlan {
  readonly source: string | undefined;
  readonly meter: IdentifierPlan;
  readonly meterCounter: IdentifierPlan | undefined;
}

/** Compiles the optional `scope` of the prune mode (contract: `MeterReadingPruneScopeConfig`). */
export function compileReadingPrune(
  node: ConfigNode,
  meter: IdentifierPlan,
  meterCounter: IdentifierPlan | undefined,
): ReadingPrunePlan {
  const source = node.absent || !node.isObject() ? undefined : node.member('source');
  return { source: source && !source.absent ? source.text() : undefined, meter, meterCounter };
}

/**
 * The scopes of one reading mapping: one per meter and counter that occurs among its readings, in order of first
 * occurrence; with zero items that of the payload itself. None, with a warning, as soon as anything is doubtful: a
 * reading that is lost, refused, or without its counter (spec ERP §6.13).
 */
export function resolveReadingScopes(
  plan: ReadingPrunePlan,
  run: MappingRun,
  site: MappingSite,
  updates: readonly ReadingUpdate[],
  itemCount: number,
): ReadingPruneScope[] {
  if (itemCount === 0) return scopeOfPayload(plan, run, site);
  const kept = updates.flatMap((update) => keptReading(update, plan) ?? []);
  if (kept.length === itemCount) return groupReadings(plan, site.index, kept);
  withholdPrune(run, site, 'a reading has no usable meter, counter or values');
  return [];
}

interface KeptReading {
  readonly update: ReadingUpdate;
  readonly externalId: string;
}

function keptReading(update: ReadingUpdate, plan: ReadingPrunePlan): KeptReading | undefined {
  if (update.mode !== 'upsert' || !update.reading.ok) return undefined;
  if (plan.meterCounter && !update.meterCounter) return undefined;
  return { update, externalId: update.reading.value.externalId };
}

/** Zero readings: meter and counter are looked for in the payload; everything of theirs is in scope. */
function scopeOfPayload(plan: ReadingPrunePlan, run: MappingRun, site: MappingSite): ReadingPruneScope[] {
  const scope = payloadScope(run.payload, site);
  const meter = resolveIdentifiers(plan.meter, run, scope);
  const counter = plan.meterCounter && resolveIdentifiers(plan.meterCounter, run, scope);
  if ('unusable' in meter || (counter && 'unusable' in counter)) {
    withholdPrune(run, site, 'there are no readings and the payload itself names no meter and counter');
    return [];
  }
  return [{ mapping: site.index, meter, meterCounter: counter, keepExternalIds: [], source: plan.source }];
}

function groupReadings(
  plan: ReadingPrunePlan,
  mapping: number,
  readings: readonly KeptReading[],
): ReadingPruneScope[] {
  const groups = new Map<string, ReadingPruneScope & { readonly keepExternalIds: string[] }>();
  for (const { update, externalId } of readings) {
    const { meter, meterCounter } = update;
    const key = JSON.stringify([textsOf(meter), meterCounter ? textsOf(meterCounter) : null]);
    const group = groups.get(key);
    if (group) group.keepExternalIds.push(externalId);
    else
      groups.set(key, { mapping, meter, meterCounter, keepExternalIds: [externalId], source: plan.source });
  }
  return [...groups.values()];
}

/** Identifiers are compared as text (spec ERP §6.8). */
function textsOf({ values }: Identifiers): [string, string][] {
  return Object.entries(values).map(([name, value]) => [name, String(value)]);
}
