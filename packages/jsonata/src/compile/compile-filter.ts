import type { Run, State } from '../runtime/state.ts';
import type { Syntax } from '../syntax/syntax.ts';
import { isTruthy } from '../values/boolean.ts';
import { isNumeric } from '../values/number.ts';
import { Sequence } from '../values/sequence.ts';
import { compile, type Place } from './place.ts';

/**
 * A predicate `[...]` as a function of the value before it (a Sequence or a plain value). A number selects by position,
 * counted from the end when negative; anything else keeps the items for which it is true or names their position.
 */
export function compileFilter(predicate: Syntax, place: Place): Run {
  if (predicate.kind === 'literal' && typeof predicate.value === 'number')
    return atPosition(Math.floor(predicate.value));
  const before = place.build.nodes;
  const test = compile(predicate, place);
  const weight = place.build.nodes - before + 1;
  return yieldsBoolean(predicate) ? keepWhereTrue(test, weight) : keepWhereSelected(test, weight);
}

/** The items of a value: of a sequence or array its elements, else the value itself. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (value instanceof Sequence) return value.items;
  return Array.isArray(value) ? value : [value];
}

function atPosition(position: number): Run {
  return (value) => {
    const items = itemsOf(value);
    const item = items[position < 0 ? items.length + position : position];
    if (item === undefined) return new Sequence([]);
    // An element that is an array becomes the result as it is, without turning into a sequence.
    return Array.isArray(item) ? item : new Sequence([item]);
  };
}

function keepWhereTrue(test: Run, weight: number): Run {
  return (value, state) => {
    const items = itemsOf(value);
    const kept: unknown[] = [];
    for (let index = 0; index < items.length; index += 1) {
      state.spend(weight);
      const item = items[index];
      if (test(item, state) === true) kept.push(item);
    }
    return new Sequence(kept);
  };
}

function keepWhereSelected(test: Run, weight: number): Run {
  return (value, state) => {
    const items = itemsOf(value);
    const kept: unknown[] = [];
    for (let index = 0; index < items.length; index += 1) {
      state.spend(weight);
      const item = items[index];
      const times = selections(test(item, state), index, items.length, state);
      for (let count = 0; count < times; count += 1) kept.push(item);
    }
    return new Sequence(kept);
  };
}

/** How often a predicate's value selects the item at `index`: a list of positions may name it more than once. */
function selections(selector: unknown, index: number, length: number, state: State): number {
  if (isNumeric(selector)) return isPosition(selector, index, length) ? 1 : 0;
  if (Array.isArray(selector) && areNumbers(selector, state)) {
    let count = 0;
    for (const position of selector) if (isPosition(position, index, length)) count += 1;
    state.spend(count);
    return count;
  }
  return isTruthy(selector, state) ? 1 : 0;
}

function areNumbers(values: readonly unknown[], state: State): values is readonly number[] {
  state.spend(values.length);
  // No early exit: an infinite number anywhere in the list is an error.
  let all = true;
  for (const value of values) if (!isNumeric(value)) all = false;
  return all;
}

function isPosition(position: number, index: number, length: number): boolean {
  const floor = Math.floor(position);
  return (floor < 0 ? length + floor : floor) === index;
}

const BOOLEAN_BUILTINS: ReadonlySet<string> = new Set(['exists', 'not', 'boolean', 'contains']);

/** True for predicates that can only be true, false or undefined, so that no position check is needed. */
function yieldsBoolean(node: Syntax): boolean {
  if (node.predicates.length > 0 || node.group !== undefined) return false;
  if (node.kind === 'binary')
    return ['=', '!=', '<', '<=', '>', '>=', 'in', 'and', 'or'].includes(node.operator);
  if (node.kind !== 'call' || node.procedure.kind !== 'variable') return false;
  return node.args.length > 0 && BOOLEAN_BUILTINS.has(node.procedure.name);
}
