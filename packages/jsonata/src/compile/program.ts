import { ExpressionError } from '../expression-error.ts';
import { isBuiltin } from '../functions/builtins.ts';
import { LIMITS } from '../limits.ts';
import { toExpressionError } from '../runtime/runtime-error.ts';
import { State } from '../runtime/state.ts';
import type { Scope } from '../scope.ts';
import { NeedsCage } from '../syntax/needs-cage.ts';
import { readSyntax } from '../syntax/read-syntax.ts';
import { plainResult } from '../values/result.ts';
import { nodeCompiler } from './compile.ts';
import { compileTop } from './compile-control.ts';
import { needsMarks } from './needs-marks.ts';
import { type Build, Place } from './place.ts';

/** A compiled expression: gives plain JSON or undefined, or throws ExpressionError. */
export type Program = (scope: Scope) => unknown;

/** Compiles a tree of the reference parser; undefined when only the reference evaluator does it exactly. */
export function compileProgram(tree: unknown): Program | undefined {
  try {
    const syntax = readSyntax(tree);
    const build: Build = { compiler: nodeCompiler, marked: needsMarks(syntax), registers: 0, nodes: 0 };
    const run = compileTop(syntax, new Place(build));
    return (scope) => {
      const item = scope.item === undefined ? scope.root : scope.item;
      const wrapper = Array.isArray(item) ? [item] : undefined;
      const bindings = scope.bindings ?? NO_BINDINGS;
      if (bindings !== NO_BINDINGS) refuseBuiltinNames(bindings);
      const state = new State(scope.root, bindings, wrapper, build.registers, LIMITS.steps);
      try {
        return plainResult(run(wrapper ?? item, state), (units) => state.spend(units));
      } catch (thrown) {
        throw toExpressionError(thrown);
      }
    };
  } catch (error) {
    if (error instanceof NeedsCage) return undefined;
    throw error;
  }
}

const NO_BINDINGS: Readonly<Record<string, unknown>> = {};

/**
 * Compiled calls are bound to JSONata's own functions, so a binding cannot replace one.
 * Throws ExpressionError EXPRESSION_RUNTIME for a binding named like a built-in.
 */
export function refuseBuiltinNames(bindings: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(bindings)) {
    if (isBuiltin(name)) {
      throw new ExpressionError('EXPRESSION_RUNTIME', `A binding cannot be called $${name}`, { token: name });
    }
  }
}
