import { isDocument } from '../../entities/index.ts';
import type { ReadingValues } from '../reading.ts';

/** How far the instant of the confirming reading may lie from the proposed one (contract schema `TimestampTolerance`). */
type TimestampTolerance =
  | 'exact'
  | { readonly type: 'same-day'; readonly timezone?: string }
  | { readonly type: 'within-seconds'; readonly seconds: number };

/** How an ERP's reading confirms a proposed one, with the contract's member names; absent members are `exact`. */
export interface ReadingMatching {
  readonly match_strategy?: 'exact' | 'fuzzy';
  /** Shares of the proposed value (0 to 1) and amounts in the counter's unit; either is enough. */
  readonly fuzzy_config?: { readonly percentage_threshold?: number; readonly absolute_threshold?: number };
  readonly timestamp_tolerance?: TimestampTolerance;
}

const DEFAULT_SHARE = 0.01;

/**
 * What an attribute's `edit_mode_config` says about matching; members that are none are left out. The thresholds are its `reading_thresholds`:
 * the entity contract's own `fuzzy_config` knows no numbers.
 */
export function readMatching(config: Readonly<Record<string, unknown>> = {}): ReadingMatching {
  const { match_strategy: strategy, reading_thresholds: fuzzy } = config;
  const tolerance = readTolerance(config['timestamp_tolerance']);
  return {
    ...(strategy === 'exact' || strategy === 'fuzzy' ? { match_strategy: strategy } : {}),
    ...(isDocument(fuzzy) ? { fuzzy_config: readThresholds(fuzzy) } : {}),
    ...(tolerance === undefined ? {} : { timestamp_tolerance: tolerance }),
  };
}

/** Whether a written reading of the same counter says what was proposed. */
export function confirmsReading(
  proposed: ReadingValues,
  matching: ReadingMatching,
  written: ReadingValues,
): boolean {
  return (
    written.meterId === proposed.meterId &&
    written.counterId === proposed.counterId &&
    written.direction === proposed.direction &&
    isSameInstant(proposed.timestamp, written.timestamp, matching.timestamp_tolerance ?? 'exact') &&
    isSameValue(proposed.value, written.value, matching)
  );
}

function isSameValue(proposed: number, written: number, { match_strategy, fuzzy_config }: ReadingMatching) {
  if (match_strategy !== 'fuzzy') return proposed === written;
  const { percentage_threshold: share, absolute_threshold: amount } = fuzzy_config ?? {};
  const distance = Math.abs(proposed - written);
  const nearest = share ?? (amount === undefined ? DEFAULT_SHARE : 0);
  return distance <= Math.abs(proposed) * nearest || (amount !== undefined && distance <= amount);
}

function isSameInstant(proposed: Date, written: Date, tolerance: TimestampTolerance): boolean {
  if (tolerance === 'exact') return proposed.getTime() === written.getTime();
  if (tolerance.type === 'within-seconds')
    return Math.abs(proposed.getTime() - written.getTime()) <= tolerance.seconds * 1000;
  const zone = tolerance.timezone ?? 'UTC';
  return dayIn(zone, proposed) === dayIn(zone, written);
}

function dayIn(timeZone: string, instant: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(instant);
}

function readThresholds({
  percentage_threshold: share,
  absolute_threshold: amount,
}: Record<string, unknown>) {
  return {
    ...(typeof share === 'number' && share >= 0 && share <= 1 ? { percentage_threshold: share } : {}),
    ...(typeof amount === 'number' && amount >= 0 ? { absolute_threshold: amount } : {}),
  };
}

function readTolerance(value: unknown): TimestampTolerance | undefined {
  if (value === 'exact') return value;
  if (!isDocument(value)) return undefined;
  const { type, seconds, timezone } = value;
  if (type === 'within-seconds' && typeof seconds === 'number' && seconds >= 0) return { type, seconds };
  if (type !== 'same-day') return undefined;
  return { type, ...(typeof timezone === 'string' && isTimeZone(timezone) ? { timezone } : {}) };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
