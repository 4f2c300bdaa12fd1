import type { State } from '../runtime/state.ts';

/** A built-in's code. Arguments have passed the signature; an undefined one was missing or had no value. */
export type Implementation = (state: State, a: unknown, b: unknown, c: unknown, d: unknown) => unknown;

/** Implementations by name. */
export type Implementations = Readonly<Record<string, Implementation>>;
