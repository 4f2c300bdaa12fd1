import { type Run, type State, unwrapped } from '../runtime/state.ts';
import { isRecord } from '../values/json.ts';
import { lookupInList, memberReader } from '../values/members.ts';
import { Sequence, visibleMarks } from '../values/sequence.ts';
import type { Raw } from './place.ts';

/** A name as a node of its own. On an array it is looked up in every element, at any depth of nesting. */
export function compileLookup(name: string): Raw {
  const read = memberReader(name);
  return {
    run: (input, state) => {
      if (isRecord(input)) return read(input);
      return Array.isArray(input) ? new Sequence(lookupInList(input, read, state)) : undefined;
    },
    sequence: true,
  };
}

/** `*`: the values of all members, arrays among them flattened. */
export function compileWildcard(): Raw {
  return {
    run: (input, state) => {
      const found: unknown[] = [];
      const context = unwrapped(input, state);
      if (typeof context === 'object' && context !== null) {
        const values: readonly unknown[] = Object.values(context);
        const marks = Array.isArray(context) ? visibleMarks(context) : [];
        for (const value of [...values, ...marks]) flattenInto(value, found, state);
      }
      // Appending an array makes a plain array of a sequence, which does not unwrap any more.
      return holdsArray(context) ? found : new Sequence(found);
    },
    sequence: true,
  };
}

function holdsArray(context: unknown): boolean {
  return typeof context === 'object' && context !== null && Object.values(context).some(Array.isArray);
}

function flattenInto(value: unknown, found: unknown[], state: State): void {
  state.spend(1);
  if (Array.isArray(value)) {
    for (const item of value) flattenInto(item, found, state);
  } else {
    found.push(value);
  }
}

/** `**`: the value itself and everything below it, arrays taken apart. Every visited value is a step of the budget. */
export function compileDescendants(): Raw {
  const run: Run = (input, state) => {
    const found: unknown[] = [];
    if (input !== undefined) descend(input, found, state);
    return new Sequence(found);
  };
  return { run, sequence: true };
}

function descend(value: unknown, found: unknown[], state: State): void {
  state.spend(1);
  if (Array.isArray(value)) {
    for (const item of value) descend(item, found, state);
    return;
  }
  found.push(value);
  if (isRecord(value)) for (const member of Object.values(value)) descend(member, found, state);
}
