import { FilterError } from './filter-error.ts';

/** Names of formats whose dates are read as they are written: ISO 8601, or milliseconds since 1970. */
const READ_ANYWAY: ReadonlySet<string> = new Set([
  ...['date', 'date_time', 'date_optional_time', 'iso8601', 'epoch_millis'],
  ...['strict_date', 'strict_date_time', 'strict_date_optional_time', 'strict_date_optional_time_nanos'],
]);
const LONGEST = 100;

/** What the letters of a pattern stand for, longest first. */
const LETTERS: readonly { readonly letters: string; readonly part: string; readonly expression: string }[] = [
  { letters: 'yyyy', part: 'year', expression: '\\d{4}' },
  { letters: 'uuuu', part: 'year', expression: '\\d{4}' },
  { letters: 'SSS', part: 'fraction', expression: '\\d{3}' },
  { letters: 'XXX', part: 'offset', expression: 'Z|[+-]\\d{2}:\\d{2}' },
  { letters: 'MM', part: 'month', expression: '\\d{2}' },
  { letters: 'dd', part: 'day', expression: '\\d{2}' },
  { letters: 'HH', part: 'hour', expression: '\\d{2}' },
  { letters: 'mm', part: 'minute', expression: '\\d{2}' },
  { letters: 'ss', part: 'second', expression: '\\d{2}' },
  { letters: 'M', part: 'month', expression: '\\d{1,2}' },
  { letters: 'd', part: 'day', expression: '\\d{1,2}' },
];

/**
 * Reads the `format` of a range: patterns of Elasticsearch such as `dd.MM.yyyy` or `yyyy-MM-dd'T'HH:mm:ss`, alternatives split by `||`. Answers what
 * turns a bound that is written so into ISO 8601. Throws FilterError for formats that cannot be read, and from the answer for bounds of another
 * form: both would silently find nothing.
 */
export function dateReader(format: unknown, path: string): (text: string, at: string) => string {
  if (typeof format !== 'string' || format === '' || format.length > LONGEST)
    throw new FilterError(path, 'must be a date format');
  const alternatives = format.split('||').map((one) => one.trim());
  const readsIso = alternatives.some((one) => READ_ANYWAY.has(one));
  const patterns = alternatives.filter((one) => !READ_ANYWAY.has(one)).map((one) => patternOf(one, path));
  return (text, at) => {
    for (const pattern of patterns) {
      const parts = pattern.exec(text)?.groups;
      if (parts) return isoOf(parts);
    }
    if (readsIso) return text;
    throw new FilterError(at, `is not written as ${format}`);
  };
}

function patternOf(format: string, path: string): RegExp {
  const parts = new Set<string>();
  let source = '';
  let rest = format;
  while (rest !== '') {
    const { length, expression, part } = nextPiece(rest, path);
    if (part !== undefined && parts.has(part)) throw new FilterError(path, `names the ${part} twice`);
    if (part !== undefined) parts.add(part);
    source += part === undefined ? expression : `(?<${part}>${expression})`;
    rest = rest.slice(length);
  }
  if (!parts.has('year') || !parts.has('month')) throw new FilterError(path, 'has no year or no month');
  return new RegExp(`^${source}$`);
}

/** The next letters of a pattern, a text in quotes, or one separator. */
function nextPiece(rest: string, path: string): { length: number; expression: string; part?: string } {
  const known = LETTERS.find(({ letters }) => rest.startsWith(letters));
  if (known) return { length: known.letters.length, expression: known.expression, part: known.part };
  const quoted = /^'([^']*)'/.exec(rest);
  if (quoted) return { length: quoted[0].length, expression: escaped(quoted[1] ?? '') };
  if (/^[A-Za-z']/.test(rest)) throw new FilterError(path, 'is no date format that is read here');
  return { length: 1, expression: escaped(rest.charAt(0)) };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function isoOf(parts: Readonly<Record<string, string | undefined>>): string {
  const { year = '', month = '', day, hour, minute = '00', second, fraction, offset = '' } = parts;
  const date = [year, month, ...(day === undefined ? [] : [day])]
    .map((part) => part.padStart(2, '0'))
    .join('-');
  if (day === undefined || hour === undefined) return date;
  const seconds = second === undefined ? '' : `:${second}${fraction === undefined ? '' : `.${fraction}`}`;
  return `${date}T${hour}:${minute}${seconds}${offset}`;
}
