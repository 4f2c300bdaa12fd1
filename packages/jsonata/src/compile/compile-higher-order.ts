import { findBuiltin } from '../functions/builtins.ts';
import { mergeSort } from '../runtime/merge-sort.ts';
import { runtimeError } from '../runtime/runtime-error.ts';
import type { Run, State } from '../runtime/state.ts';
import { NeedsCage } from '../syntax/needs-cage.ts';
import type { Syntax } from '../syntax/syntax.ts';
import { isTruthy } from '../values/boolean.ts';
import { isList, isRecord, setMember } from '../values/json.ts';
import { Sequence, settle } from '../values/sequence.ts';
import { type CallSite, invoke } from './call-builtin.ts';
import { compileLambda } from './compile-control.ts';
import { enterLambda } from './enter-lambda.ts';
import { type CallForm, compile, type Place, type Raw } from './place.ts';

/** A function given to a higher-order built-in. */
interface Callback {
  /** Arguments it takes; it is given no more. */
  readonly arity: number;
  /** To be called where the function is written, before it is called. */
  readonly prepare: (input: unknown, state: State) => void;
  readonly call: (values: readonly unknown[], state: State) => unknown;
}

/**
 * $map, $filter, $single, $reduce, $each, $sift and $sort with a function. The function has to be written out, be a named
 * user function or a built-in; everything else throws NeedsCage.
 */
export function compileHigherOrder(
  name: string,
  args: readonly Syntax[],
  site: CallSite,
  place: Place,
  form: CallForm,
): Raw {
  const { applied } = form;
  const onMembers = name === 'each' || name === 'sift';
  const usesContext = onMembers && applied === undefined && args.length === 1;
  const [data, rest] = splitArguments(args, place, usesContext ? contextOf(form) : applied);
  const [callee, initial, ...surplus] = rest;
  if (callee === undefined || surplus.length > 0 || (initial !== undefined && name !== 'reduce')) {
    if (name === 'single' && callee === undefined) return single(data, undefined, site);
    throw new NeedsCage(`unusual arguments of $${name}`);
  }
  // In tail position the reference hands these functions over in a form it then fails to call.
  if (form.caller !== undefined && (name === 'sort' || callee.kind === 'variable'))
    throw new NeedsCage('a tail callback');
  const callback = compileCallback(callee, place, form);
  switch (name) {
    case 'map':
      return map(data, callback);
    case 'filter':
      return filter(data, callback);
    case 'single':
      return single(data, callback, site);
    case 'reduce':
      return reduce(data, callback, initial === undefined ? undefined : compile(initial, place), site);
    case 'sort':
      return sort(data, callback);
    case 'each':
      return each(data, callback, usesContext ? 'T0411' : 'T0410', site);
    case 'sift':
      return sift(data, callback, usesContext ? 'T0411' : 'T0410', site);
    default:
      throw new NeedsCage(`$${name}`);
  }
}

function contextOf({ caller }: CallForm): Run {
  return caller === undefined ? (input) => input : (_input, state) => state.registers[caller];
}

function splitArguments(
  args: readonly Syntax[],
  place: Place,
  given: Run | undefined,
): [Run, readonly Syntax[]] {
  if (given !== undefined) return [given, args];
  const [first, ...rest] = args;
  if (first === undefined || first.kind === 'lambda') throw new NeedsCage('a function without data');
  return [compile(first, place), rest];
}

function compileCallback(node: Syntax, place: Place, form: CallForm): Callback {
  if (node.predicates.length > 0 || node.group !== undefined) throw new NeedsCage('a chosen function');
  if (node.kind === 'lambda') {
    const lambda = compileLambda(node, place);
    return {
      arity: lambda.parameters.length,
      prepare: (input, state) => {
        state.registers[lambda.context] = input;
      },
      // Called from tail position, the function's own context value stands in for the caller's.
      call: (values, state) => {
        const context = form.caller === undefined ? null : state.registers[lambda.context];
        return settle(enterLambda(lambda, values, context, state));
      },
    };
  }
  if (node.kind !== 'variable') throw new NeedsCage('a computed function');
  const meaning = place.resolve(node.name);
  if (meaning !== undefined && 'lambda' in meaning) {
    const { lambda } = meaning;
    return {
      arity: lambda.parameters.length,
      prepare: nothing,
      call: (values, state) => settle(enterLambda(lambda, values, null, state)),
    };
  }
  const builtin = meaning === undefined ? findBuiltin(node.name) : undefined;
  if (builtin === undefined || builtin.variadic) throw new NeedsCage('a function only known at run time');
  const site: CallSite = { position: node.position, token: node.name };
  return {
    arity: builtin.reference.arity,
    prepare: nothing,
    // Called back, a built-in has no context value to fall back on.
    call: (values, state) => {
      state.spend(4);
      return settle(invoke(builtin, values, null, site, state));
    },
  };
}

function nothing(): void {}

/** The list a function works on; a single value counts as a list of one. */
function listOf(value: unknown): readonly unknown[] {
  return isList(value) ? value : [value];
}

/** A callback gets the value, then its position or key, then the whole, as far as it takes arguments. */
function callOn(
  callback: Callback,
  value: unknown,
  at: number | string,
  whole: unknown,
  state: State,
): unknown {
  if (callback.arity < 2) return callback.call([value], state);
  return callback.call(callback.arity === 2 ? [value, at] : [value, at, whole], state);
}

function map(data: Run, callback: Callback): Raw {
  const run: Run = (input, state) => {
    const value = data(input, state);
    callback.prepare(input, state);
    if (value === undefined) return undefined;
    const list = listOf(value);
    const results: unknown[] = [];
    for (let index = 0; index < list.length; index += 1) {
      const result = callOn(callback, list[index], index, list, state);
      if (result !== undefined) results.push(result);
    }
    return new Sequence(results);
  };
  return { run, sequence: true };
}

function filter(data: Run, callback: Callback): Raw {
  const run: Run = (input, state) => {
    const value = data(input, state);
    callback.prepare(input, state);
    if (value === undefined) return undefined;
    const list = listOf(value);
    const kept: unknown[] = [];
    for (let index = 0; index < list.length; index += 1) {
      if (isTruthy(callOn(callback, list[index], index, list, state), state)) kept.push(list[index]);
    }
    return new Sequence(kept);
  };
  return { run, sequence: true };
}

function single(data: Run, callback: Callback | undefined, site: CallSite): Raw {
  const run: Run = (input, state) => {
    const value = data(input, state);
    callback?.prepare(input, state);
    if (value === undefined) return undefined;
    const list = listOf(value);
    let found: unknown;
    let count = 0;
    for (let index = 0; index < list.length; index += 1) {
      state.spend(1);
      if (callback !== undefined && !isTruthy(callOn(callback, list[index], index, list, state), state))
        continue;
      count += 1;
      if (count > 1) throw runtimeError('D3138', site);
      found = list[index];
    }
    if (count === 0) throw runtimeError('D3139', site);
    return found;
  };
  return { run, sequence: false };
}

function reduce(data: Run, callback: Callback, initial: Run | undefined, site: CallSite): Raw {
  const run: Run = (input, state) => {
    const value = data(input, state);
    callback.prepare(input, state);
    const start = initial?.(input, state);
    if (value === undefined) return undefined;
    if (callback.arity < 2) throw runtimeError('D3050', site);
    const list = listOf(value);
    const skipsFirst = start === undefined && list.length > 0;
    let result = skipsFirst ? list[0] : start;
    for (let index = skipsFirst ? 1 : 0; index < list.length; index += 1) {
      result = callback.call([result, list[index], index, list].slice(0, Math.max(2, callback.arity)), state);
    }
    return result;
  };
  return { run, sequence: false };
}

function sort(data: Run, callback: Callback): Raw {
  const run: Run = (input, state) => {
    const value = data(input, state);
    callback.prepare(input, state);
    if (value === undefined) return undefined;
    const list = listOf(value);
    if (list.length <= 1) return list;
    // The comparator's value counts as JavaScript would count it, not by JSONata's rules: [] and {} are true.
    return mergeSort(list, (left, right) => Boolean(callback.call([left, right], state)), state);
  };
  return { run, sequence: false };
}

/** The object whose members are visited. Throws the given signature error for anything else that is not missing. */
function membersOf(value: unknown, code: string, site: CallSite): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw runtimeError(code, site);
  return value;
}

function each(data: Run, callback: Callback, mismatch: string, site: CallSite): Raw {
  const run: Run = (input, state) => {
    const members = membersOf(data(input, state), mismatch, site);
    callback.prepare(input, state);
    const results: unknown[] = [];
    for (const [key, value] of Object.entries(members)) {
      const result = callOn(callback, value, key, members, state);
      if (result !== undefined) results.push(result);
    }
    return new Sequence(results);
  };
  return { run, sequence: true };
}

function sift(data: Run, callback: Callback, mismatch: string, site: CallSite): Raw {
  const run: Run = (input, state) => {
    const members = membersOf(data(input, state), mismatch, site);
    callback.prepare(input, state);
    const kept: Record<string, unknown> = {};
    let any = false;
    for (const [key, value] of Object.entries(members)) {
      if (!isTruthy(callOn(callback, value, key, members, state), state)) continue;
      setMember(kept, key, value);
      any = true;
    }
    return any ? kept : undefined;
  };
  return { run, sequence: false };
}
