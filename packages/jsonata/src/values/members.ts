import type { State } from '../runtime/state.ts';
import { isRecord } from './json.ts';

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
