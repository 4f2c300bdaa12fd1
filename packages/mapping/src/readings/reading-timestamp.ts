/** A point in time a meter was read at. */
export interface ReadingTimestamp {
  /** ISO 8601 with `Z` or an offset. */
  readonly text: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly instant: number;
}

const TIMESTAMP =
  /^(\d{4})-(\d{2})-(\d{2})(?:T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?$/;

/**
 * Reads the timestamp of a reading: `YYYY-MM-DD` (becomes midnight UTC) or `YYYY-MM-DDTHH:mm:ss[.fff]` with `Z`, an
 * offset, or neither (becomes UTC); with zone it stays as it was. Undefined unless it is a real date in this form
 * (spec ERP §9.2).
 */
export function parseReadingTimestamp(value: unknown): ReadingTimestamp | undefined {
  const match = typeof value === 'string' ? TIMESTAMP.exec(value) : null;
  if (!match || !isRealDay(Number(match[1]), Number(match[2]), Number(match[3]))) return undefined;
  const text = withZone(match[0], match[4] !== undefined, match[5] !== undefined);
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : { text, instant };
}

function withZone(text: string, hasTime: boolean, hasZone: boolean): string {
  if (!hasTime) return `${text}T00:00:00.000Z`;
  return hasZone ? text : `${text}Z`;
}

function isRealDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= days;
}
