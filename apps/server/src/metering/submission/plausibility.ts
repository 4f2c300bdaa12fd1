import type { Neighbours } from '../store/neighbours.ts';

export type Implausibility = 'less_than_previous' | 'greater_than_subsequent';

/** After one of these the counter starts anew, so that what was counted before says nothing about it. */
const NEW_START: ReadonlySet<string | null> = new Set(['meter_change', 'first']);

/** What a reading is held against. */
export interface PlausibilityBasis {
  readonly neighbours: Neighbours;
  /** Why the meter was read; one of the contract's seven. */
  readonly reason: string | null;
  /** Digits before the point that the counter shows; undefined when unknown. */
  readonly digits: number | undefined;
}

/** The bounds of a value, both included; null where there is none. */
export interface ValueRange {
  readonly min: number | null;
  readonly max: number | null;
}

/**
 * The range a reading may lie in (portal.md 8.1 steps 6 and 7): not below the previous, not above the next reading or what the counter can
 * show. A reading that starts a new series has no previous one, and is no next one for those before it.
 */
export function plausibleRange({ neighbours, reason, digits }: PlausibilityBasis): ValueRange {
  const { previous, next } = neighbours;
  const upper = [
    next && !NEW_START.has(next.reason) ? next.value : undefined,
    digits === undefined ? undefined : 10 ** digits - 1,
  ].filter((bound) => bound !== undefined);
  return {
    min: previous && !NEW_START.has(reason) ? previous.value : null,
    max: upper.length > 0 ? Math.min(...upper) : null,
  };
}

/** What speaks against a value; undefined when nothing does. Equal to a neighbour is fine; decimals do not count against the digits. */
export function implausibility(value: number, basis: PlausibilityBasis): Implausibility | undefined {
  const { min, max } = plausibleRange({ ...basis, digits: undefined });
  if (value < 0 || (min !== null && value < min)) return 'less_than_previous';
  const overflows = basis.digits !== undefined && Math.trunc(value) >= 10 ** basis.digits;
  return overflows || (max !== null && value > max) ? 'greater_than_subsequent' : undefined;
}
