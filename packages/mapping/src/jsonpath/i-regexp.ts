import { type CharacterTest, type Pattern, parseIRegexp } from './i-regexp-syntax.ts';
import type { NodeBudget } from './node-budget.ts';

/** Most states of one automaton; counted repetitions are written out and would be the only way beyond. */
const MAX_STATES = 2_000;

/** A state consumes a character and goes on, or only leads to other states; the last one accepts. */
interface State {
  test: CharacterTest | undefined;
  targets: number[];
}

/** Decides whether a text matches: all of it (`match`) or any part of it (`search`). Work is charged to the budget. */
export type IRegexp = (text: string, whole: boolean, budget: NodeBudget) => boolean;

/**
 * Compiles an I-Regexp (RFC 9485) to an automaton whose work grows with text length times states, whatever the pattern;
 * backtracking engines have no such bound. Undefined for a text that is no I-Regexp or needs over 2 000 states.
 */
export function compileIRegexp(source: string): IRegexp | undefined {
  const pattern = parseIRegexp(source);
  if (!pattern) return undefined;
  const states: State[] = [{ test: undefined, targets: [] }];
  const start = addPattern(pattern, 0, states);
  return start === undefined
    ? undefined
    : (text, whole, budget) => runAutomaton(states, start, text, whole, budget);
}

/** Adds the states of a pattern that goes on at `next`; answers its first state, undefined beyond the limit. */
function addPattern(pattern: Pattern, next: number, states: State[]): number | undefined {
  switch (pattern.kind) {
    case 'character':
      return addState(states, { test: pattern.test, targets: [next] });
    case 'sequence':
      return pattern.parts.reduceRight<number | undefined>(
        (behind, part) => (behind === undefined ? undefined : addPattern(part, behind, states)),
        next,
      );
    case 'choice': {
      const starts = pattern.parts.map((part) => addPattern(part, next, states));
      return starts.includes(undefined)
        ? undefined
        : addState(states, { test: undefined, targets: defined(starts) });
    }
    case 'repeat':
      return addRepeat(pattern.part, pattern.min, pattern.max, next, states);
  }
}

function addRepeat(
  part: Pattern,
  min: number,
  max: number,
  next: number,
  states: State[],
): number | undefined {
  let start: number | undefined = next;
  if (max === Number.POSITIVE_INFINITY) {
    const loop: State = { test: undefined, targets: [next] };
    start = addState(states, loop);
    const again = start === undefined ? undefined : addPattern(part, start, states);
    if (again === undefined) return undefined;
    loop.targets.push(again);
  } else {
    for (let count = min; count < max && start !== undefined; count += 1) {
      const once = addPattern(part, start, states);
      start = once === undefined ? undefined : addState(states, { test: undefined, targets: [once, next] });
    }
  }
  for (let count = 0; count < min && start !== undefined; count += 1) start = addPattern(part, start, states);
  return start;
}

function addState(states: State[], state: State): number | undefined {
  return states.length < MAX_STATES ? states.push(state) - 1 : undefined;
}

function defined(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined);
}

function runAutomaton(
  states: readonly State[],
  start: number,
  text: string,
  whole: boolean,
  budget: NodeBudget,
): boolean {
  let current = reach(states, [start], budget);
  for (const character of text) {
    if (!whole && current.has(0)) return true;
    const reached: number[] = whole ? [] : [start];
    for (const index of current) {
      const state = states[index];
      if (state?.test?.(character)) reached.push(...state.targets);
    }
    current = reach(states, reached, budget);
  }
  return current.has(0);
}

/** The states given and all they lead to without a character. */
function reach(states: readonly State[], from: readonly number[], budget: NodeBudget): Set<number> {
  const reached = new Set(from);
  for (const index of reached) {
    const state = states[index];
    if (state && !state.test) for (const target of state.targets) reached.add(target);
  }
  budget.spend(reached.size);
  return reached;
}
