import { ownMember } from '../json/record.ts';
import { parseReadingTimestamp, type ReadingTimestamp } from './reading-timestamp.ts';
import {
  externalIdText,
  READING_DIRECTIONS,
  READING_REASONS,
  READING_SOURCES,
  type ReadingDirection,
  type ReadingReason,
  type ReadingSource,
  readingValue,
  wordOf,
} from './reading-values.ts';

/** A value the metering store refuses; code and category of spec ERP §9.2. */
export interface ReadingViolation {
  readonly code: 'INVALID_METER_READING_ATTRIBUTES';
  readonly category: 'validation';
  readonly attribute: 'external_id' | 'timestamp' | 'source' | 'value' | 'reason' | 'direction';
  readonly message: string;
}

/** A reading whose values the metering store accepts. */
export interface NormalisedReading {
  readonly externalId: string;
  readonly timestamp: ReadingTimestamp;
  readonly source: ReadingSource;
  readonly value: number;
  /** Null when empty or absent. */
  readonly reason: ReadingReason | null;
  /** Undefined when the mapping names none: then the counter's counts, else `feed-out` (spec ERP §9.1). */
  readonly direction: ReadingDirection | undefined;
  /** All other attributes as mapped: `unit`, `read_by`, `status`, `remark`, `note`, `metadata` and unknown ones. */
  readonly others: Readonly<Record<string, unknown>>;
}

/** What a reading to delete is found by: the external id, or with `strict-date` the day (spec ERP §9.4). */
export interface ReadingKey {
  readonly externalId: string | undefined;
  readonly timestamp: ReadingTimestamp | undefined;
}

export type ReadingMatching = 'external_id' | 'strict-date';

/** A checked value, or everything that is wrong with it. */
export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly violations: readonly ReadingViolation[] };

const NORMALISED = new Set(['external_id', 'timestamp', 'source', 'value', 'reason', 'direction']);

/** Checks the attributes of a reading to store by the value rules of spec ERP §9.2. */
export function normaliseReading(attributes: Readonly<Record<string, unknown>>): Checked<NormalisedReading> {
  const externalId = externalIdText(ownMember(attributes, 'external_id'));
  const timestamp = parseReadingTimestamp(ownMember(attributes, 'timestamp'));
  const source = wordOf(READING_SOURCES, ownMember(attributes, 'source'));
  const value = readingValue(ownMember(attributes, 'value'));
  const reason = optionalWord(READING_REASONS, ownMember(attributes, 'reason'));
  const direction = optionalWord(READING_DIRECTIONS, ownMember(attributes, 'direction'));
  if (
    externalId === undefined ||
    timestamp === undefined ||
    source === undefined ||
    value === undefined ||
    reason === undefined ||
    direction === undefined
  ) {
    const checks = { external_id: externalId, timestamp, source, value, reason, direction };
    return { ok: false, violations: violationsOf(checks) };
  }
  const others = Object.fromEntries(Object.entries(attributes).filter(([name]) => !NORMALISED.has(name)));
  const reading = { externalId, timestamp, source, value, reason, direction: direction ?? undefined, others };
  return { ok: true, value: reading };
}

/**
 * Checks what a reading to delete is found by: the external id; with `strict-date` it may be missing if there is a
 * timestamp, and a timestamp that is there but cannot be read is then what is wrong. Other attributes do not matter.
 */
export function normaliseReadingKey(
  attributes: Readonly<Record<string, unknown>>,
  matching: ReadingMatching,
): Checked<ReadingKey> {
  const externalId = externalIdText(ownMember(attributes, 'external_id'));
  const timestamp = parseReadingTimestamp(ownMember(attributes, 'timestamp'));
  if (externalId !== undefined || (matching === 'strict-date' && timestamp)) {
    return { ok: true, value: { externalId, timestamp } };
  }
  const byDay = matching === 'strict-date' && ownMember(attributes, 'timestamp') !== undefined;
  return { ok: false, violations: violationsOf(byDay ? { timestamp } : { external_id: externalId }) };
}

/** Null for undefined, null and the empty text; undefined for a value that is none of the words. */
function optionalWord<Word extends string>(words: readonly Word[], value: unknown): Word | null | undefined {
  return value === undefined || value === null || value === '' ? null : wordOf(words, value);
}

const RULES: Readonly<Record<ReadingViolation['attribute'], string>> = {
  external_id: 'external_id must be a text that is not blank, or a number',
  timestamp: 'timestamp must be YYYY-MM-DD or YYYY-MM-DDTHH:mm:ss with an optional offset, and a real date',
  source: `source must be one of ${READING_SOURCES.join(', ')}`,
  value: 'value must be a number, or digits with a decimal point',
  reason: `reason must be empty or one of ${READING_REASONS.join(', ')}`,
  direction: `direction must be one of ${READING_DIRECTIONS.join(', ')}`,
};

function violationsOf(checks: Partial<Record<ReadingViolation['attribute'], unknown>>): ReadingViolation[] {
  const attributes = ['external_id', 'timestamp', 'source', 'value', 'reason', 'direction'] as const;
  return attributes
    .filter((attribute) => attribute in checks && checks[attribute] === undefined)
    .map((attribute) => ({
      code: 'INVALID_METER_READING_ATTRIBUTES',
      category: 'validation',
      attribute,
      message: RULES[attribute],
    }));
}
