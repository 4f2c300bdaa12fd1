import { invalid } from '../../refusal.ts';
import { type Document, isDocument } from '../model/document.ts';

/** A `fields` entry, cut at its dots: names, `*` for any name, `**` for any number of steps, and names with `*` inside. */
interface Pattern {
  readonly isExcluding: boolean;
  readonly steps: readonly string[];
}

/** The members that the contract's `EntityItem` requires. */
const ALWAYS: ReadonlySet<string> = new Set([
  '_id',
  '_schema',
  '_org',
  '_title',
  '_created_at',
  '_updated_at',
]);
const MOST_PATTERNS = 200;
const MOST_STEPS = 20;

/**
 * Keeps the members of an entity's JSON that a `fields` list names (spec/entities.md §1.4). `a` keeps `a` with everything below; `a.b` only
 * `b` inside `a`, list items included without an index; `*` stands for one name, `**` for any number; `!` excludes and wins. With only
 * exclusions everything else stays. What the contract requires of an entity (`_id`, `_schema`, `_title` ...) always stays on the first level. Without a list nothing is taken away.
 * @throws Refusal 400 for more than 200 entries or 20 steps
 */
export function selectFields(entity: Document, fields: readonly string[] | undefined): Document {
  if (!fields || fields.length === 0) return entity;
  const patterns = fields.map(parse);
  if (patterns.length > MOST_PATTERNS || patterns.some(({ steps }) => steps.length > MOST_STEPS)) {
    throw invalid({ path: 'fields', message: `may have ${MOST_PATTERNS} entries of ${MOST_STEPS} steps` });
  }
  const included = patterns.filter(({ isExcluding }) => !isExcluding).map(({ steps }) => steps);
  const excluded = patterns.filter(({ isExcluding }) => isExcluding).map(({ steps }) => steps);
  const always = Object.fromEntries(Object.entries(entity).filter(([name]) => ALWAYS.has(name)));
  const kept = selectMembers(entity, included.length === 0 ? [['**']] : included, excluded);
  return { ...always, ...kept };
}

function parse(field: string): Pattern {
  const isExcluding = field.startsWith('!');
  return {
    isExcluding,
    steps: (isExcluding ? field.slice(1) : field).split('.').filter((step) => step !== ''),
  };
}

type Steps = readonly string[];

function selectMembers(value: Document, included: readonly Steps[], excluded: readonly Steps[]): Document {
  const members: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    const below = advance(included, name);
    const without = advance(excluded, name);
    if (below.length === 0 || without.some(isComplete)) continue;
    const wholly = below.some(isComplete);
    const kept = selectValue(member, wholly ? [['**']] : below, without, wholly);
    if (kept !== NOTHING) members.push([name, kept]);
  }
  return Object.fromEntries(members);
}

const NOTHING = Symbol('nothing');

function selectValue(
  value: unknown,
  included: readonly Steps[],
  excluded: readonly Steps[],
  wholly: boolean,
): unknown {
  if (wholly && excluded.length === 0) return value;
  if (Array.isArray(value)) return selectItems(value, included, excluded, wholly);
  if (!isDocument(value)) return wholly ? value : NOTHING;
  const kept = selectMembers(value, included, excluded);
  return wholly || Object.keys(kept).length > 0 ? kept : NOTHING;
}

/** Lists are looked through: `a.b` and `a.0.b` both reach into the items of `a`. */
function selectItems(
  items: readonly unknown[],
  included: readonly Steps[],
  excluded: readonly Steps[],
  wholly: boolean,
): unknown {
  const kept = items.flatMap((item, index) => {
    const byIndex = advance(included, String(index));
    const without = [...excluded, ...advance(excluded, String(index))];
    if (without.some(isComplete)) return [];
    const isWhole = wholly || byIndex.some(isComplete);
    const value = selectValue(item, isWhole ? [['**']] : [...included, ...byIndex], without, isWhole);
    return value === NOTHING ? [] : [value];
  });
  return wholly || kept.length > 0 ? kept : NOTHING;
}

/** The rests of the patterns after one step by this name; an empty rest is complete. */
function advance(patterns: readonly Steps[], name: string): Steps[] {
  return patterns.flatMap((steps) => {
    const [first, ...rest] = steps;
    if (first === undefined) return [];
    if (first !== '**') return matches(first, name) ? [rest] : [];
    if (rest.length === 0) return [rest];
    return [steps, ...advance([rest], name)];
  });
}

function isComplete(steps: Steps): boolean {
  return steps.length === 0;
}

/** Matches a name with `*` for any run of characters, in linear time. */
function matches(pattern: string, name: string): boolean {
  if (pattern === '*' || pattern === name) return true;
  if (!pattern.includes('*')) return false;
  const parts = pattern.split('*');
  const [start = '', end = ''] = [parts[0], parts.at(-1)];
  if (!name.startsWith(start) || !name.endsWith(end) || name.length < start.length + end.length) return false;
  let from = start.length;
  for (const part of parts.slice(1, -1)) {
    const place = name.indexOf(part, from);
    if (place < 0 || place + part.length > name.length - end.length) return false;
    from = place + part.length;
  }
  return true;
}
