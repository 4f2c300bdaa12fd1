import { isDocument } from '../../model/document.ts';
import { isStorableText } from '../storable-text.ts';
import { allOf, anyOf, type FilterValue, NONE, notOf, type RangeBound, type SearchTree } from '../tree.ts';
import { dateReader } from './date-format.ts';
import { DateMathError, type DateMathGround, resolveDateMath } from './date-math.ts';
import { FilterError } from './filter-error.ts';

const MOST_VALUES = 10_000;
const RANGE_MEMBERS: ReadonlySet<string> = new Set([
  'gt',
  'gte',
  'lt',
  'lte',
  'format',
  'relation',
  'time_zone',
]);

export interface FilterLimits {
  /** Levels of `$and`, `$or` and `$not`. */
  readonly depth: number;
  readonly clauses: number;
}

const DEFAULT_LIMITS: FilterLimits = { depth: 20, clauses: 1_000 };

/**
 * Reads a list of filter clauses (contract schema `SearchFilter`) into a tree; the clauses are combined with AND. `$not` excludes what any of
 * its clauses matches. `null` in `term` and `terms` stands for a missing value. Limits default to 20 levels and 1,000 clauses. With `now` (UTC) the
 * bounds of ranges may be date math, `now-1d/d` or `2024-01-01||+1M`.
 * Throws FilterError, and nothing else, for everything it cannot read.
 */
export function parseFilter(
  filter: unknown,
  path = 'filter',
  limits: FilterLimits = DEFAULT_LIMITS,
  now?: Date,
): SearchTree {
  return allOf(new FilterParser(limits, now).list(filter, path, 1));
}

class FilterParser {
  readonly #limits: FilterLimits;
  readonly #now: Date | undefined;
  #clauses = 0;

  constructor(limits: FilterLimits, now: Date | undefined) {
    this.#limits = limits;
    this.#now = now;
  }

  list(value: unknown, path: string, depth: number): SearchTree[] {
    if (!Array.isArray(value)) throw new FilterError(path, 'must be a list of clauses');
    if (depth > this.#limits.depth) throw new FilterError(path, `has more than ${this.#limits.depth} levels`);
    return value.map((clause, at) => this.#clause(clause, `${path}[${at}]`, depth));
  }

  #clause(value: unknown, path: string, depth: number): SearchTree {
    this.#clauses += 1;
    if (this.#clauses > this.#limits.clauses) {
      throw new FilterError(path, `is beyond the ${this.#limits.clauses} clauses a filter may have`);
    }
    const [kind, body] = onlyMember(value, path);
    const inner = `${path}.${kind}`;
    switch (kind) {
      case 'term':
        return term(body, inner);
      case 'terms':
        return terms(body, inner);
      case 'ids':
        return { kind: 'ids', values: idValues(body, inner) };
      case 'range':
        return range(body, inner, this.#now);
      case 'exists':
        return { kind: 'exists', field: existingField(body, inner) };
      case '$and':
        return allOf(this.list(body, inner, depth + 1));
      case '$or':
        return anyOf(this.list(body, inner, depth + 1));
      case '$not':
        return notOf(anyOf(this.list(body, inner, depth + 1)));
      default:
        throw new FilterError(path, 'must have one of term, terms, ids, range, exists, $and, $or, $not');
    }
  }
}

function term(body: unknown, path: string): SearchTree {
  const [field, value] = onlyMember(body, path);
  return equalOrMissing(field, [value], `${path}.${field}`);
}

function terms(body: unknown, path: string): SearchTree {
  const [field, values] = onlyMember(body, path);
  if (!Array.isArray(values)) throw new FilterError(`${path}.${field}`, 'must be a list of values');
  return equalOrMissing(field, values, `${path}.${field}`);
}

function equalOrMissing(field: string, values: readonly unknown[], path: string): SearchTree {
  if (values.length > MOST_VALUES) throw new FilterError(path, `has more than ${MOST_VALUES} values`);
  const present = values.filter((value) => value !== null).map((value) => filterValue(value, path));
  const equal: SearchTree = present.length > 0 ? { kind: 'equal', field, values: present } : NONE;
  if (present.length === values.length) return equal;
  const missing = notOf({ kind: 'exists', field });
  return present.length > 0 ? anyOf([equal, missing]) : missing;
}

function idValues(body: unknown, path: string): string[] {
  const values = isDocument(body) ? body['values'] : undefined;
  if (!Array.isArray(values)) throw new FilterError(`${path}.values`, 'must be a list of ids');
  if (values.length > MOST_VALUES)
    throw new FilterError(`${path}.values`, `has more than ${MOST_VALUES} ids`);
  return values.map((value, at) => storable(value, `${path}.values[${at}]`));
}

function existingField(body: unknown, path: string): string {
  return storable(isDocument(body) ? body['field'] : undefined, `${path}.field`);
}

function range(body: unknown, path: string, now: Date | undefined): SearchTree {
  const [field, bounds] = onlyMember(body, path);
  const inner = `${path}.${field}`;
  if (!isDocument(bounds)) throw new FilterError(inner, 'must be an object with gt, gte, lt or lte');
  const unknown = Object.keys(bounds).find((member) => !RANGE_MEMBERS.has(member));
  if (unknown !== undefined) throw new FilterError(inner, `does not know ${unknown}`);
  const timeZone =
    bounds['time_zone'] === undefined ? undefined : knownTimeZone(bounds['time_zone'], `${inner}.time_zone`);
  const read = boundReader(bounds['format'] ?? undefined, `${inner}.format`, now && { now, timeZone });
  const from = bound(bounds, 'gte', 'gt', inner, read);
  const to = bound(bounds, 'lte', 'lt', inner, read);
  return {
    kind: 'range',
    field,
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

/** Reads a written bound: date math, and dates in a format. `roundsUp` is what date math asks. */
type BoundReader = (text: string, at: string, roundsUp: boolean) => string;

function boundReader(
  format: unknown,
  path: string,
  ground: Pick<DateMathGround, 'now' | 'timeZone'> | undefined,
): BoundReader {
  const written = format === undefined ? (text: string) => text : dateReader(format, path);
  if (!ground) return written;
  return (text, at, roundsUp) => {
    try {
      const resolved = resolveDateMath(text, { ...ground, roundsUp, written: (date) => written(date, at) });
      return resolved === text ? written(text, at) : resolved;
    } catch (error) {
      if (error instanceof DateMathError) throw new FilterError(at, error.message);
      throw error;
    }
  };
}

function bound(
  bounds: Readonly<Record<string, unknown>>,
  inclusive: string,
  exclusive: string,
  path: string,
  written: BoundReader,
): RangeBound | undefined {
  const at = bounds[inclusive] ?? undefined;
  const beyond = bounds[exclusive] ?? undefined;
  if (at !== undefined && beyond !== undefined) {
    throw new FilterError(path, `has both ${inclusive} and ${exclusive}`);
  }
  const read = (value: unknown, member: string) => {
    const place = `${path}.${member}`;
    const known = filterValue(value, place);
    return typeof known === 'string' ? written(known, place, member === 'gt' || member === 'lte') : known;
  };
  if (at !== undefined) return { value: read(at, inclusive), inclusive: true };
  if (beyond !== undefined) return { value: read(beyond, exclusive), inclusive: false };
  return undefined;
}

function knownTimeZone(value: unknown, path: string): string {
  const name = storable(value, path);
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch (error) {
    if (error instanceof RangeError) throw new FilterError(path, 'is no time zone');
    throw error;
  }
  return name;
}

function onlyMember(value: unknown, path: string): [string, unknown] {
  const entries = isDocument(value) ? Object.entries(value) : [];
  const [only] = entries;
  if (!only || entries.length > 1) throw new FilterError(path, 'must be an object with exactly one member');
  storable(only[0], path);
  return only;
}

function filterValue(value: unknown, path: string): FilterValue {
  if (typeof value === 'string') return storable(value, path);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new FilterError(path, 'must be a text, a number or a boolean');
}

function storable(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new FilterError(path, 'must be a text');
  if (!isStorableText(value)) throw new FilterError(path, 'contains characters that no text can hold');
  return value;
}
