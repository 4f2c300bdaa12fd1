import { isDocument } from '../../model/document.ts';
import { isStorableText } from '../storable-text.ts';

/** An aggregation that cannot be read or computed; callers answer 400. */
export class AggregationError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = 'AggregationError';
    this.path = path;
  }
}

const METRICS = ['min', 'max', 'sum', 'avg', 'value_count', 'cardinality'] as const;
const INTERVALS = ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
type Metric = (typeof METRICS)[number];
export type CalendarInterval = (typeof INTERVALS)[number];

/** One aggregation asked for (spec/entities.md §5.1). */
export type Aggregation =
  | { readonly kind: 'terms'; readonly field: string; readonly size: number }
  | { readonly kind: Metric; readonly field: string }
  | {
      readonly kind: 'date_histogram';
      readonly field: string;
      readonly interval: CalendarInterval;
      readonly timeZone: string;
    };

const MOST_AGGREGATIONS = 20;
const MOST_BUCKETS = 10_000;

/** Reads the aggregations of a request by their names. Throws AggregationError for kinds and members we do not compute. */
export function parseAggregations(value: unknown, path = 'aggs'): Map<string, Aggregation> {
  if (!isDocument(value)) throw new AggregationError(path, 'must be an object');
  const entries = Object.entries(value);
  if (entries.length > MOST_AGGREGATIONS) {
    throw new AggregationError(path, `has more than ${MOST_AGGREGATIONS} aggregations`);
  }
  return new Map(entries.map(([name, body]) => [name, parseAggregation(body, `${path}.${name}`)]));
}

function parseAggregation(value: unknown, path: string): Aggregation {
  const entries = isDocument(value) ? Object.entries(value) : [];
  const [only] = entries;
  if (!only || entries.length > 1)
    throw new AggregationError(path, 'must have exactly one kind of aggregation');
  const [kind, body] = only;
  const inner = `${path}.${kind}`;
  if (!isDocument(body)) throw new AggregationError(inner, 'must be an object');
  const field = body['field'];
  if (typeof field !== 'string' || !isStorableText(field))
    throw new AggregationError(`${inner}.field`, 'must be a field');
  if (kind === 'terms') {
    onlyMembers(body, ['field', 'size'], inner);
    return { kind, field, size: bucketCount(body['size'], inner) };
  }
  if (kind === 'date_histogram') {
    onlyMembers(body, ['field', 'calendar_interval', 'time_zone'], inner);
    return { kind, field, interval: intervalOf(body, inner), timeZone: timeZoneOf(body, inner) };
  }
  const metric = METRICS.find((name) => name === kind);
  if (!metric) throw new AggregationError(inner, 'is not supported');
  onlyMembers(body, ['field'], inner);
  return { kind: metric, field };
}

function onlyMembers(body: Readonly<Record<string, unknown>>, known: readonly string[], path: string): void {
  const other = Object.keys(body).find((member) => !known.includes(member));
  if (other !== undefined) throw new AggregationError(`${path}.${other}`, 'is not supported');
}

function bucketCount(size: unknown, path: string): number {
  if (size === undefined) return 10;
  if (typeof size === 'number' && Number.isInteger(size) && size >= 1 && size <= MOST_BUCKETS) return size;
  throw new AggregationError(`${path}.size`, `must be a whole number from 1 to ${MOST_BUCKETS}`);
}

function intervalOf(body: Readonly<Record<string, unknown>>, path: string): CalendarInterval {
  const interval = INTERVALS.find((name) => name === body['calendar_interval']);
  if (!interval)
    throw new AggregationError(`${path}.calendar_interval`, `must be one of ${INTERVALS.join(', ')}`);
  return interval;
}

function timeZoneOf(body: Readonly<Record<string, unknown>>, path: string): string {
  const zone = body['time_zone'] ?? 'UTC';
  try {
    if (typeof zone === 'string' && /^[A-Za-z_]+(\/[A-Za-z_+-]+)*$/.test(zone)) {
      return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new AggregationError(`${path}.time_zone`, 'must be the name of a time zone');
}
