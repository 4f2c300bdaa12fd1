import { mergeSort } from '../runtime/merge-sort.ts';
import { runtimeError } from '../runtime/runtime-error.ts';
import type { State } from '../runtime/state.ts';
import { isEqual } from '../values/equality.ts';
import { isList, isRecord, setMember } from '../values/json.ts';
import { lookupInList, memberReader } from '../values/members.ts';
import { isNumeric } from '../values/number.ts';
import { isMarkedSequence, Sequence } from '../values/sequence.ts';
import { toText } from '../values/text.ts';
import type { Implementations } from './builtin.ts';

/** Keys of an object, or of all objects in an array, each once. */
function keysOf(value: unknown, state: State): readonly string[] {
  if (isRecord(value)) return Object.keys(value);
  if (!isList(value)) return [];
  const seen: Record<string, unknown> = {};
  collectKeys(value, seen, state);
  return Object.keys(seen);
}

function collectKeys(value: unknown, seen: Record<string, unknown>, state: State): void {
  state.spend(1);
  if (isList(value)) {
    for (const item of value) collectKeys(item, seen, state);
  } else if (isRecord(value)) {
    for (const key of Object.keys(value)) setMember(seen, key, true);
  }
}

/** One object per member. On an array the pieces of all elements become a plain array. */
function spread(value: unknown, state: State): unknown {
  if (isRecord(value)) {
    return new Sequence(
      Object.entries(value).map(([key, member]) => {
        const piece: Record<string, unknown> = {};
        setMember(piece, key, member);
        return piece;
      }),
    );
  }
  if (!isList(value)) return value;
  const pieces: unknown[] = [];
  let any = false;
  for (const item of value) {
    state.spend(1);
    const spreadItem = spread(item, state);
    if (spreadItem === undefined) continue;
    any = true;
    const more = spreadItem instanceof Sequence ? spreadItem.items : spreadItem;
    if (Array.isArray(more)) pieces.push(...more);
    else pieces.push(more);
  }
  return any ? pieces : new Sequence(pieces);
}

function append(first: unknown, second: unknown, state: State): unknown {
  if (first === undefined) return second;
  if (second === undefined) return first;
  const joined: unknown[] = [];
  for (const part of [first, second]) {
    if (Array.isArray(part)) for (const item of part) joined.push(item);
    else joined.push(part);
  }
  state.spend(joined.length);
  state.allocate(8 * joined.length);
  return joined;
}

function merge(list: unknown, state: State): unknown {
  if (!isList(list)) return undefined;
  const merged: Record<string, unknown> = {};
  for (const item of list) {
    if (!isRecord(item)) continue;
    const keys = Object.keys(item);
    state.spend(keys.length);
    state.allocate(16 * keys.length);
    for (const key of keys) setMember(merged, key, item[key]);
  }
  return merged;
}

function shuffle(list: unknown): unknown {
  if (!isList(list) || list.length <= 1) return list;
  const shuffled = [...list];
  for (let index = shuffled.length - 1; index > 0; index -= 1) {
    const other = Math.floor(Math.random() * (index + 1));
    [shuffled[index], shuffled[other]] = [shuffled[other], shuffled[index]];
  }
  return shuffled;
}

/** Values without repetition; a sequence stays one. Objects are compared member by member, each with every kept one. */
function distinct(list: unknown, state: State): unknown {
  if (!isList(list) || list.length <= 1) return list;
  const scalars = new Set<unknown>();
  const structures: unknown[] = [];
  const kept: unknown[] = [];
  for (const item of list) {
    state.spend(1);
    if (typeof item === 'object' && item !== null) {
      if (structures.some((known) => isEqual(item, known, state))) continue;
      structures.push(item);
    } else if (!Number.isNaN(item)) {
      // NaN equals nothing, itself included, and stays.
      if (scalars.has(item)) continue;
      scalars.add(item);
    }
    kept.push(item);
  }
  return isMarkedSequence(list) ? new Sequence(kept) : kept;
}

function sortPlain(list: unknown, state: State): unknown {
  if (!isList(list) || list.length <= 1) return list;
  if (!list.every(isNumeric) && !list.every((item) => typeof item === 'string')) {
    throw runtimeError('D3070', { token: 'sort' });
  }
  return mergeSort(list, (left, right) => isGreater(left, right, state), state);
}

function isGreater(left: unknown, right: unknown, state: State): boolean {
  state.spend(1);
  if (typeof left === 'number' && typeof right === 'number') return left > right;
  return typeof left === 'string' && typeof right === 'string' && left > right;
}

function lookup(input: unknown, key: unknown, state: State): unknown {
  const read = memberReader(String(key));
  if (isRecord(input)) return read(input);
  return isList(input) ? new Sequence(lookupInList(input, read, state)) : undefined;
}

/** Functions on arrays and objects without a function argument. */
export const COLLECTION_FUNCTIONS: Implementations = {
  keys: (state, value) => new Sequence([...keysOf(value, state)]),
  lookup: (state, input, key) => lookup(input, key, state),
  append: (state, first, second) => append(first, second, state),
  spread: (state, value) => spread(value, state),
  merge: (state, list) => merge(list, state),
  reverse: (_state, list) => (isList(list) && list.length > 1 ? [...list].reverse() : list),
  shuffle: (_state, list) => shuffle(list),
  distinct: (state, list) => distinct(list, state),
  sort: (state, list) => sortPlain(list, state),
  clone: (state, value) => {
    const text = toText(value, state);
    return text === undefined ? undefined : JSON.parse(text);
  },
};
