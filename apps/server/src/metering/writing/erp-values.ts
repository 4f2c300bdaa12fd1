import { type Document, isDocument } from '../../entities/index.ts';
import type { Reading, ReadingValues, Status } from '../reading.ts';
import { isStorableInstant } from '../reading-instant.ts';
import type { ErpWrite } from './erp-write.ts';

const TEXTS = ['unit', 'read_by', 'remark', 'note'] as const;
const STATUSES: readonly Status[] = ['valid', 'in-validation', 'implausible'];

/** The upsert among the writes. */
export type ErpUpsert = Extract<ErpWrite, { mode: 'upsert' }>;

/** Why an ERP's reading cannot be stored although its checked values are fine; undefined when it can. */
export function unstorable({ reading }: ErpUpsert): string | undefined {
  if (!isStorableInstant(new Date(reading.timestamp.instant)))
    return 'timestamp lies outside the years 1900 to 9999';
  const { status } = reading.others;
  if (!isBlank(status) && !STATUSES.some((known) => known === status)) {
    return `status must be empty or one of ${STATUSES.join(', ')}`;
  }
  const text = JSON.stringify([reading.externalId, reading.others]);
  // PostgreSQL stores neither NUL nor half of a surrogate pair; JSON.stringify writes both as escapes.
  return /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(text)
    ? 'the reading holds characters that cannot be stored'
    : undefined;
}

/**
 * The values of an ERP's reading as they are stored (erp-integration.md 9.2): over an existing one the ERP wins with what it names, the rest stays.
 * Without a status the reading is valid, since nobody knows better than the ERP.
 */
export function erpValues(
  { place, direction, reading }: ErpUpsert,
  existing: Reading | undefined,
): ReadingValues {
  const status = STATUSES.find((known) => known === reading.others['status']);
  return {
    meterId: place.meterId,
    counterId: place.counterId,
    timestamp: new Date(reading.timestamp.instant),
    direction,
    value: reading.value,
    source: reading.source,
    reason: reading.reason ?? existing?.reason ?? null,
    status: status ?? 'valid',
    externalId: reading.externalId,
    details: { ...existing?.details, ...details(reading.others) },
  };
}

/** Members with a type in the contract take that type; others stay as they were mapped. */
function details({ status, ...others }: Document): Document {
  const members = Object.entries(others).flatMap(([name, value]): [string, unknown][] => {
    if (value === undefined) return [];
    if (TEXTS.some((text) => text === name)) return isBlank(value) ? [] : [[name, asText(value)]];
    return name === 'metadata' ? [[name, textMembers(value)]] : [[name, value]];
  });
  return Object.fromEntries(members);
}

function textMembers(value: unknown): Document {
  if (!isDocument(value)) return {};
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, asText(member)]));
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
