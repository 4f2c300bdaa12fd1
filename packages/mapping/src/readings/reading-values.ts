/** Values of meter reading attributes (spec ERP §9.2, contract: `MeterReadingUpdate.attributes`). */

export const READING_SOURCES = ['ERP', 'ECP', '360', 'journey-submission'] as const;
export type ReadingSource = (typeof READING_SOURCES)[number];

export const READING_REASONS = [
  'regular',
  'irregular',
  'last',
  'first',
  'meter_change',
  'contract_change',
  'meter_adjustment',
] as const;
export type ReadingReason = (typeof READING_REASONS)[number];

export const READING_DIRECTIONS = ['feed-in', 'feed-out'] as const;
export type ReadingDirection = (typeof READING_DIRECTIONS)[number];

/** The word of the list that equals the value, else undefined. */
export function wordOf<Word extends string>(words: readonly Word[], value: unknown): Word | undefined {
  return words.find((word) => word === value);
}

/** The text of an external id: a text that is not blank, or a finite number; undefined for anything else. */
export function externalIdText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A finite number, or a text of digits with at most one decimal point; undefined for anything else. */
export function readingValue(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}
