import { ExpressionError } from './expression-error.ts';
import { type Expression, programOf } from './parse-expression.ts';
import type { Scope } from './scope.ts';

/**
 * Runs a compiled expression in process, synchronously, within two million steps (well under 0.1 s) and 64 MiB. The result is
 * plain JSON or undefined; it may share structure with the scope, so both are to be treated as frozen.
 * Throws ExpressionError: EXPRESSION_RUNTIME for errors of the expression and for one of mode 'caged', EXPRESSION_TIMEOUT when the
 * steps are used up, EXPRESSION_LIMIT when strings, memory or nesting outgrow their bounds.
 */
export function evaluateCompiled(expression: Expression, scope: Scope): unknown {
  const program = programOf(expression);
  if (program === undefined) {
    throw new ExpressionError(
      'EXPRESSION_RUNTIME',
      'The expression is not compiled: evaluate it in the cage',
    );
  }
  return program(scope);
}
