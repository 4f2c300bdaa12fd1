import { runtimeError } from '../runtime/runtime-error.ts';
import type { Run, State } from '../runtime/state.ts';
import type { Group, Syntax, SyntaxOf } from '../syntax/syntax.ts';
import { setMember } from '../values/json.ts';
import { markConstructed, Sequence } from '../values/sequence.ts';
import { itemsOf } from './compile-filter.ts';
import { objectBuilder } from './object-builder.ts';
import { compile, type Place } from './place.ts';

/** `[a, b]`: values of other expressions are appended item by item, nested array constructors stay arrays. */
export function compileArray(node: SyntaxOf<'array'>, place: Place): Run {
  const items = node.items.map((item) => ({ run: compile(item, place), nested: item.kind === 'array' }));
  const build: (input: unknown, state: State) => unknown[] = (input, state) => {
    const list: unknown[] = [];
    for (const { run, nested } of items) {
      const value = run(input, state);
      if (value === undefined) continue;
      if (nested || !Array.isArray(value)) {
        list.push(value);
      } else {
        state.spend(value.length);
        for (const element of value) list.push(element);
      }
    }
    state.allocate(32 + 8 * list.length);
    return list;
  };
  return place.build.marked && node.constructed
    ? (input, state) => markConstructed(build(input, state))
    : build;
}

/** `{ key: value }` without anything before it: groups the context value, which is almost always one object. */
export function compileObject(members: Group, place: Place): Run {
  const pairs = compilePairs(members, place);
  const group = groupBy(pairs);
  const keys = literalKeys(members);
  if (keys === undefined) return group;
  const { values } = pairs;
  const count = values.length;
  const build = objectBuilder(keys);
  return (input, state) => {
    if (Array.isArray(input)) return group(input, state);
    state.allocate(32 + 16 * count);
    const found: unknown[] = new Array(count);
    for (let index = 0; index < count; index += 1) found[index] = values[index]?.(input, state);
    return build(found);
  };
}

/**
 * The keys when all of them are different string literals that are safe to assign, so that no grouping can happen on a single
 * item.
 */
function literalKeys(members: Group): readonly string[] | undefined {
  const keys = members.pairs.map(([key]) => literalKey(key));
  const known = keys.filter((key) => key !== undefined);
  return known.length === members.pairs.length && new Set(known).size === known.length ? known : undefined;
}

function literalKey(node: Syntax): string | undefined {
  const isPlain = node.kind === 'literal' && node.predicates.length === 0 && node.group === undefined;
  if (
    !isPlain ||
    typeof node.value !== 'string' ||
    RESERVED_KEYS.has(node.value) ||
    node.value === '__proto__'
  )
    return undefined;
  return node.value;
}

/** Keys the reference evaluator refuses (D1013): they would forge its functions. */
const RESERVED_KEYS: ReadonlySet<string> = new Set(['_jsonata_lambda', '_jsonata_function']);

interface Slot {
  data: unknown;
  readonly pair: number;
}

/** The compiled pairs of a group or constructor; `weight` is what looking at one item costs in steps. */
interface Pairs {
  readonly keys: readonly Run[];
  readonly values: readonly Run[];
  readonly weight: number;
  readonly position: number;
}

function compilePairs(group: Group, place: Place): Pairs {
  const before = place.build.nodes;
  const keys = group.pairs.map(([key]) => compile(key, place));
  const values = group.pairs.map(([, value]) => compile(value, place));
  return { keys, values, weight: place.build.nodes - before + 1, position: group.position };
}

/**
 * A grouping clause as a function of the value before it: items with equal keys are collected under one key, whose value
 * expression sees all of them. Throws T1003 for a key that is no string, D1009 when two pairs produce the same key.
 */
export function compileGroup(group: Group, place: Place): Run {
  return groupBy(compilePairs(group, place));
}

function groupBy(pairs: Pairs): Run {
  return (value, state) => {
    const found = itemsOf(value);
    const items = found.length === 0 ? [undefined] : found;
    const slots = new Map<string, Slot>();
    for (const item of items) {
      state.spend(pairs.weight);
      for (const [pair, run] of pairs.keys.entries()) {
        const key = groupKey(run(item, state), pairs.position);
        if (key !== undefined) collect(slots, key, pair, item, pairs.position, state);
      }
    }
    return valuesOf(slots, pairs.values, state);
  };
}

function groupKey(key: unknown, position: number): string | undefined {
  if (key === undefined) return undefined;
  if (typeof key !== 'string') throw runtimeError('T1003', { position });
  if (RESERVED_KEYS.has(key)) throw runtimeError('D1013', { position });
  return key;
}

function collect(
  slots: Map<string, Slot>,
  key: string,
  pair: number,
  item: unknown,
  position: number,
  state: State,
): void {
  const slot = slots.get(key);
  if (slot === undefined) {
    slots.set(key, { data: item, pair });
    return;
  }
  if (slot.pair !== pair) throw runtimeError('D1009', { position });
  slot.data = appended(slot.data, item, state);
}

function valuesOf(
  slots: ReadonlyMap<string, Slot>,
  values: readonly Run[],
  state: State,
): Record<string, unknown> {
  state.allocate(32 + 16 * slots.size);
  const result: Record<string, unknown> = {};
  for (const [key, { data, pair }] of slots) {
    const value = values[pair]?.(data instanceof Sequence ? data.items : data, state);
    if (value !== undefined) setMember(result, key, value);
  }
  return result;
}

/**
 * The data of a slot with one more item. A Sequence is the list collected here, which may grow in place; a plain array is an
 * item and must not.
 */
function appended(data: unknown, item: unknown, state: State): unknown {
  if (item === undefined) return data;
  if (data === undefined) return item;
  const list = data instanceof Sequence ? data : new Sequence([...itemsOf(data)]);
  const more = itemsOf(item);
  state.spend(more.length);
  for (const element of more) list.items.push(element);
  return list;
}
