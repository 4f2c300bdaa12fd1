import { ExpressionError } from './expression-error.ts';
import type { Expression } from './parse-expression.ts';
import type { Scope } from './scope.ts';

/** Runs a compiled expression in process. Throws ExpressionError EXPRESSION_RUNTIME for a caged one. */
export function evaluateCompiled(expression: Expression, _scope: Scope): unknown {
  throw new ExpressionError('EXPRESSION_RUNTIME', `This expression needs the cage: ${expression.source}`);
}
