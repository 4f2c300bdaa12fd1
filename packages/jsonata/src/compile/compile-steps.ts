import { isRecord } from '../values/json.ts';
import { Sequence, visibleMarks } from '../values/sequence.ts';
import type { Raw } from './compile.ts';
import { type Run, type State, unwrapped } from './state.ts';

/** Names every object answers to without owning them; only for these an ownership check is needed. */
const INHERITED: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  ...Object.getOwnPropertyNames(Array.prototype),
]);

/** Reads one member of an object (never of an array); undefined when it does not own it. */
export type MemberReader = (value: Readonly<Record<string, unknown>>) => unknown;

/** A reader of members called `name`, specialised once so that the common case is a single property load. */
export function memberReader(name: string): MemberReader {
  if (INHERITED.has(name)) return (value) => (Object.hasOwn(value, name) ? value[name] : undefined);
  return (value) => value[name];
}

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

/** The values of a member in all elements, arrays among them spliced in. */
export function lookupInList(list: readonly unknown[], read: MemberReader, state: State): unknown[] {
  const found: unknown[] = [];
  collectFromList(list, read, found, state);
  return found;
}

function collectFromList(list: readonly unknown[], read: MemberReader, found: unknown[], state: State): void {
  state.spend(list.length);
  for (const element of list) {
    if (isRecord(element)) {
      const value = read(element);
      if (Array.isArray(value)) {
        state.spend(value.length);
        for (const item of value) found.push(item);
      } else if (value !== undefined) {
        found.push(value);
      }
    } else if (Array.isArray(element)) {
      collectFromList(element, read, found, state);
    }
  }
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
