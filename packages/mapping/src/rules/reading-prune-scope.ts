import type { Identifiers } from './identifiers.ts';
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

/** A compiled reading prune: only its optional source filter. */
export interface ReadingPrunePlan {
  readonly source: string | undefined;
}

/** One scope per meter and counter that occurs among the readings, in order of first occurrence. */
export function groupReadings(
  plan: ReadingPrunePlan,
  mapping: number,
  readings: readonly { readonly update: ReadingUpdate; readonly externalId: string }[],
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
