import { mergeSort } from '../runtime/merge-sort.ts';
import { runtimeError } from '../runtime/runtime-error.ts';
import type { Run, State } from '../runtime/state.ts';
import type { SyntaxOf } from '../syntax/syntax.ts';
import { Sequence } from '../values/sequence.ts';
import { compileFilter } from './compile-filter.ts';
import { compile, type Place } from './place.ts';

interface Term {
  readonly run: Run;
  readonly descending: boolean;
}

/** The order-by step `^(a, >b)`. One item or none stays a sequence; more become a plain array. */
export function compileSort(
  node: SyntaxOf<'sort'>,
  place: Place,
): (items: readonly unknown[], state: State) => unknown {
  const before = place.build.nodes;
  const terms = node.terms.map(({ expression, descending }) => ({
    run: compile(expression, place),
    descending,
  }));
  const weight = place.build.nodes - before + 1;
  const stages = node.stages.map((stage) => compileFilter(stage, place));
  const at = { position: node.position, token: '^' };
  const sort = (items: readonly unknown[], state: State): unknown => {
    if (items.length <= 1) return new Sequence([...items]);
    return mergeSort(
      items,
      (left, right) => {
        state.spend(weight);
        return isBehind(left, right, terms, at, state);
      },
      state,
    );
  };
  return (items, state) => {
    let result = sort(items, state);
    for (const stage of stages) result = stage(result, state);
    return result;
  };
}

/** True when `left` has to come after `right`. Missing values come last whatever the direction. Throws T2007, T2008. */
function isBehind(
  left: unknown,
  right: unknown,
  terms: readonly Term[],
  at: { position: number; token: string },
  state: State,
): boolean {
  for (const { run, descending } of terms) {
    const a = run(left, state);
    const b = run(right, state);
    if (a === undefined && b === undefined) continue;
    if (a === undefined) return true;
    if (b === undefined) return false;
    if (!isSortable(a) || !isSortable(b)) throw runtimeError('T2008', at);
    if (typeof a !== typeof b) throw runtimeError('T2007', at);
    if (a === b) continue;
    return a < b === descending;
  }
  return false;
}

function isSortable(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
