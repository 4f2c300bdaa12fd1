import type { Run, State } from '../runtime/state.ts';
import { NeedsCage } from '../syntax/needs-cage.ts';
import type { Syntax, SyntaxOf } from '../syntax/syntax.ts';
import { isRecord } from '../values/json.ts';
import { lookupInList, type MemberReader, memberReader } from '../values/members.ts';
import { isConstructed, isMarkedSequence, leave, Sequence, settleSequence } from '../values/sequence.ts';
import { compileGroup } from './compile-constructors.ts';
import { compileFilter } from './compile-filter.ts';
import { compileSort } from './compile-sort.ts';
import { compile, type Place, type Raw } from './place.ts';

/** One step of a path: from the items before it to a Sequence, or to a plain array that is the result as it is. */
type Step = (items: readonly unknown[], state: State) => unknown;

/** A location path `a.b[...].c`. */
export function compilePath(node: SyntaxOf<'path'>, place: Place): Raw {
  const raw = compileSteps(node, place);
  if (node.group === undefined) return raw;
  const group = compileGroup(node.group, place);
  const { run } = raw;
  return { run: (input, state) => group(run(input, state), state), sequence: false };
}

function compileSteps(node: SyntaxOf<'path'>, place: Place): Raw {
  const names = plainNames(node);
  if (names !== undefined && !place.build.marked) {
    place.build.nodes += names.length;
    // A group looks at the items itself; everything else gets the path's value, so leaving it can be skipped for single values.
    if (node.group === undefined) return { run: namePath(names, leave), sequence: false };
    return { run: namePath(names, (value) => value), sequence: true };
  }
  const [first] = node.steps;
  if (first === undefined) throw new NeedsCage('an empty path');
  const [start, ...rest] = node.steps.map((step, index) =>
    index === 0 && isConstructor(step)
      ? compileWholeStep(step, place)
      : compileStep(step, place, index === node.steps.length - 1),
  );
  if (start === undefined) throw new NeedsCage('an empty path');
  const fromValue = first.kind === 'variable';
  const alone = isConstructor(first) ? sequenceOfOne : listOfOne;
  const walk: Run = (input, state) => {
    let result = start(Array.isArray(input) && !fromValue ? input : alone(input), state);
    for (const step of rest) {
      const items = result instanceof Sequence ? result.items : result;
      if (!Array.isArray(items) || items.length === 0) break;
      result = step(items, state);
    }
    return result;
  };
  return { run: node.keepSingleton ? keepingSingleton(walk) : walk, sequence: true };
}

function listOfOne(input: unknown): readonly unknown[] {
  return [input];
}

/** An array constructor sees a single context value as a sequence, which `$` unwraps again. */
function sequenceOfOne(input: unknown): readonly unknown[] {
  return settleSequence(new Sequence([input]));
}

function keepingSingleton(walk: Run): Run {
  return (input, state) => {
    let result = walk(input, state);
    if (isConstructed(result)) result = new Sequence([result]);
    if (result instanceof Sequence) result.keep = true;
    return result;
  };
}

/** An array constructor at the start of a path is evaluated once, on the whole input. */
function isConstructor(step: Syntax): boolean {
  return (step.kind === 'array' || step.kind === 'block') && step.constructed;
}

function compileWholeStep(step: Syntax, place: Place): Step {
  if (step.kind === 'block' && step.statements.at(-1)?.kind !== 'array') {
    throw new NeedsCage('a block with an array at the start of a path');
  }
  if (step.stages.length > 0) throw new NeedsCage('a filtered array at the start of a path');
  return compile(step, place);
}

function compileStep(step: Syntax, place: Place, isLast: boolean): Step {
  if (step.kind === 'sort') return compileSort(step, place);
  const before = place.build.nodes;
  const run = compile(step, place);
  const stages = step.stages.map((stage) => compileFilter(stage, place));
  const weight = place.build.nodes - before + 1;
  const evaluate = stages.length === 0 ? run : staged(run, stages);
  return (items, state) => {
    const only = items.length === 1;
    if (only && isLast) {
      state.spend(weight);
      const value = evaluate(items[0], state);
      // One plain array as the whole result is kept as it is: it is not a sequence and does not unwrap.
      if (Array.isArray(value) && !isMarkedSequence(value)) return value;
      return new Sequence(value === undefined ? [] : spliced([], value, state));
    }
    return overItems(items, evaluate, weight, isLast, state);
  };
}

function overItems(
  items: readonly unknown[],
  evaluate: Run,
  weight: number,
  isLast: boolean,
  state: State,
): unknown {
  const found: unknown[] = [];
  let count = 0;
  let latest: unknown;
  for (let index = 0; index < items.length; index += 1) {
    state.spend(weight);
    const value = evaluate(items[index], state);
    if (value === undefined) continue;
    count += 1;
    latest = value;
    spliced(found, value, state);
  }
  if (isLast && count === 1 && Array.isArray(latest) && !isMarkedSequence(latest)) return latest;
  return new Sequence(found);
}

/** Appends a step's value to the items found so far, taking arrays apart by one level unless they were written as a step. */
function spliced(found: unknown[], value: unknown, state: State): unknown[] {
  if (value instanceof Sequence || (Array.isArray(value) && !isConstructed(value))) {
    const items: readonly unknown[] = value instanceof Sequence ? value.items : value;
    state.spend(items.length);
    for (const item of items) found.push(item);
  } else {
    found.push(value);
  }
  return found;
}

function staged(run: Run, stages: readonly Run[]): Run {
  return (input, state) => {
    let value = run(input, state);
    for (const stage of stages) value = stage(value, state);
    return value;
  };
}

/** The names of a path that is nothing but names, by far the most common kind. */
function plainNames(node: SyntaxOf<'path'>): readonly string[] | undefined {
  const names: string[] = [];
  for (const step of node.steps) {
    if (
      step.kind !== 'name' ||
      step.stages.length > 0 ||
      step.predicates.length > 0 ||
      step.group !== undefined
    ) {
      return undefined;
    }
    names.push(step.name);
  }
  return names;
}

function namePath(names: readonly string[], finish: (value: unknown) => unknown): Run {
  const readers = names.map(memberReader);
  const [read, next, third] = readers;
  if (read === undefined) throw new NeedsCage('an empty path');
  const overLists = (value: unknown, from: number, state: State): unknown =>
    Array.isArray(value) ? finish(namesOverList(value, readers, from, state)) : undefined;
  if (next === undefined)
    return (input, state) => (isRecord(input) ? read(input) : overLists(input, 0, state));
  if (third === undefined) {
    return (input, state) => {
      if (!isRecord(input)) return overLists(input, 0, state);
      const value = read(input);
      return isRecord(value) ? next(value) : overLists(value, 1, state);
    };
  }
  return (input, state) => {
    let value = input;
    for (let index = 0; index < readers.length; index += 1) {
      const reader = readers[index];
      if (reader === undefined || !isRecord(value)) return overLists(value, index, state);
      value = reader(value);
    }
    return value;
  };
}

/** The rest of a path of names once an array has been met. */
function namesOverList(
  list: readonly unknown[],
  readers: readonly MemberReader[],
  from: number,
  state: State,
): unknown {
  let items = list;
  for (let index = from; index < readers.length; index += 1) {
    const reader = readers[index];
    if (reader === undefined || items.length === 0) break;
    if (index === readers.length - 1) return lastName(items, reader, state);
    items = lookupInList(items, reader, state);
  }
  return new Sequence([...items]);
}

/** The last name of a path: when exactly one item has it and its value is an array, that array is the result. */
function lastName(items: readonly unknown[], read: MemberReader, state: State): unknown {
  const found: unknown[] = [];
  let count = 0;
  let latest: unknown;
  state.spend(items.length);
  for (const item of items) {
    const value = isRecord(item) ? read(item) : nestedLookup(item, read, state);
    if (value === undefined) continue;
    count += 1;
    latest = value;
    spliced(found, value, state);
  }
  return count === 1 && Array.isArray(latest) ? latest : new Sequence(found);
}

/** A name on an array inside an array; the node itself unwraps, so one match is a plain value. */
function nestedLookup(item: unknown, read: MemberReader, state: State): unknown {
  if (!Array.isArray(item)) return undefined;
  const found = lookupInList(item, read, state);
  if (found.length > 1) return new Sequence(found);
  return found[0];
}
