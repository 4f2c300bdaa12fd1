export {
  type CageOptions,
  type CageStatistics,
  type Evaluator,
  ExpressionCage,
} from './cage/expression-cage.ts';
export { evaluateCompiled } from './evaluate-compiled.ts';
export { ExpressionError, type ExpressionErrorCode } from './expression-error.ts';
export { type Expression, parseExpression } from './parse-expression.ts';
export type { Scope } from './scope.ts';
