import { ExpressionError } from '../expression-error.ts';
import { LIMITS } from '../limits.ts';

/** A compiled node: `input` is the context value (`$`). May return a Sequence only where its caller knows. */
export type Run = (input: unknown, state: State) => unknown;

/** Everything one evaluation owns. Not reentrant: one State per evaluation. */
export class State {
  readonly root: unknown;
  readonly bindings: Readonly<Record<string, unknown>>;
  /** The list of one the top level sees when the context value is an array, so that it counts as a single item. */
  readonly wrapper: readonly unknown[] | undefined;
  readonly registers: unknown[];
  #steps: number;
  #bytes = LIMITS.bytes;
  #now: Date | undefined;

  constructor(
    root: unknown,
    bindings: Readonly<Record<string, unknown>>,
    wrapper: readonly unknown[] | undefined,
    registers: number,
    steps: number,
  ) {
    this.root = root;
    this.bindings = bindings;
    this.wrapper = wrapper;
    this.registers = registers === 0 ? NO_REGISTERS : new Array(registers);
    this.#steps = steps;
  }

  /** Pays for work, in visited nodes. Throws ExpressionError EXPRESSION_TIMEOUT when the budget is gone. */
  spend(steps: number): void {
    this.#steps -= steps;
    if (this.#steps < 0) {
      throw new ExpressionError(
        'EXPRESSION_TIMEOUT',
        'The expression takes more steps than one evaluation may',
      );
    }
  }

  /** Pays for memory, in estimated bytes. Throws ExpressionError EXPRESSION_LIMIT when the budget is gone. */
  allocate(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes < 0) {
      throw new ExpressionError(
        'EXPRESSION_LIMIT',
        'The expression needs more memory than one evaluation may',
      );
    }
  }

  /** The instant of this evaluation (UTC): the same however often it is asked for. */
  now(): Date {
    this.#now ??= new Date();
    return this.#now;
  }
}

/** The context value without the wrapper of the top level. */
export function unwrapped(input: unknown, state: State): unknown {
  return state.wrapper !== undefined && input === state.wrapper ? state.wrapper[0] : input;
}

const NO_REGISTERS: unknown[] = [];

/**
 * Pays for looking at a whole value once: an array costs its length, a string a 32nd of it. Keeps one step from hiding a
 * long loop inside a built-in.
 */
export function spendOn(state: State, value: unknown): void {
  if (typeof value === 'string') {
    if (value.length > 31) state.spend(value.length >> 5);
  } else if (Array.isArray(value)) {
    state.spend(value.length);
  }
}

/** Throws ExpressionError EXPRESSION_LIMIT for a string of more UTF-16 units than one may have. */
export function requireLength(length: number): void {
  if (length > LIMITS.stringLength) {
    throw new ExpressionError(
      'EXPRESSION_LIMIT',
      `A string is longer than ${LIMITS.stringLength} characters`,
    );
  }
}

/** Accepts a new string or throws ExpressionError EXPRESSION_LIMIT when it or the sum of all is too long. */
export function keepText(state: State, text: string): string {
  if (text.length > 31) {
    requireLength(text.length);
    state.spend(text.length >> 5);
    state.allocate(text.length);
  }
  return text;
}
