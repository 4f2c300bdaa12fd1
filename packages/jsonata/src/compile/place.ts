import type { Run } from '../runtime/state.ts';
import { NeedsCage } from '../syntax/needs-cage.ts';
import type { Syntax } from '../syntax/syntax.ts';

/** A user function that was given a name or stands where a function is expected. It is called, never passed around. */
export interface Lambda {
  /** Registers of the parameters, in order. */
  readonly parameters: readonly number[];
  /** Register of the context value at the place of definition, which the body sees as `$`. */
  readonly context: number;
  /** Register of the context value at the place of the call; built-ins called last fall back on that one. */
  readonly caller: number;
  /** May return a Sequence when the body ends in a call. */
  readonly body: Run;
  /** Steps one call costs: the nodes of the body. */
  readonly weight: number;
}

type Meaning = { readonly register: number } | { readonly lambda: Lambda };

/** A node before it is left: when `sequence` is set, `run` may return a Sequence that the caller has to unwrap. */
export interface Raw {
  readonly run: Run;
  readonly sequence: boolean;
}

/** How a call came about. */
export interface CallForm {
  /** The first argument, from the left side of `~>`. */
  readonly applied?: Run;
  /** Set when the call is the last act of a user function: the register of that function's `caller`. */
  readonly caller?: number;
}

/** How nodes are compiled. Nodes hold nodes: what compiles one kind reaches all kinds through the place, not by importing them. */
export interface NodeCompiler {
  compile(node: Syntax, place: Place): Run;
  compileCall(node: Syntax, place: Place, form: CallForm): Raw;
}

/** What the compilation of one expression shares. */
export interface Build {
  readonly compiler: NodeCompiler;
  /** True when arrays carry marks, see values/sequence.ts. */
  readonly marked: boolean;
  /** Registers given out so far. */
  registers: number;
  /** Nodes compiled so far; differences of it are the weights of loop bodies. */
  nodes: number;
}

/**
 * The names visible at a place of the source. Because the reference evaluator looks names up in frames at run time, a name
 * is only resolved here where the outcome is the same at every moment: it is assigned by an earlier statement of an
 * enclosing block or is a parameter, and no enclosing block assigns it later.
 */
export class Place {
  readonly build: Build;
  readonly #outer: Place | undefined;
  readonly #names = new Map<string, Meaning>();
  readonly #pending: Set<string>;

  constructor(build: Build, outer?: Place, pending: readonly string[] = []) {
    this.build = build;
    this.#outer = outer;
    this.#pending = new Set(pending);
  }

  /** A block or function of its own; `pending` are the names its statements will assign. */
  enclosed(pending: readonly string[] = []): Place {
    return new Place(this.build, this, pending);
  }

  /** Gives a name a register, the same one when it is assigned again. */
  assign(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined && 'lambda' in known) throw new NeedsCage('a function name is assigned again');
    this.#pending.delete(name);
    if (known !== undefined) return known.register;
    const register = this.newRegister();
    this.#names.set(name, { register });
    return register;
  }

  /** Names a function. Throws NeedsCage when the name is taken: calls compiled earlier would have to change. */
  define(name: string, lambda: Lambda): void {
    if (this.#names.has(name)) throw new NeedsCage('a function name is assigned again');
    this.#pending.delete(name);
    this.#names.set(name, { lambda });
  }

  newRegister(): number {
    const register = this.build.registers;
    this.build.registers += 1;
    return register;
  }

  /** What a name means here; undefined: a binding of the scope, a built-in or nothing. */
  resolve(name: string): Meaning | undefined {
    for (let place: Place | undefined = this; place !== undefined; place = place.#outer) {
      if (place.#pending.has(name)) throw new NeedsCage('a name is used before or inside its own assignment');
      const meaning = place.#names.get(name);
      if (meaning !== undefined) return meaning;
    }
    return undefined;
  }
}

/** Compiles a node inside the one that is being compiled. Throws NeedsCage for what only the reference evaluator does exactly. */
export function compile(node: Syntax, place: Place): Run {
  return place.build.compiler.compile(node, place);
}
