import { type Evaluator, parseExpression } from '@busbar/jsonata';
import type { Expressions } from './expressions.ts';

/**
 * Lets the event domain evaluate JSONata in the cage; an event is the expression's root (erp-integration.md 10.1). Each organisation has its
 * own share of the cage.
 */
export function jsonataExpressions(cage: { forTenant(org: string): Evaluator }): Expressions {
  const evaluate = async (org: string, expression: string, input: unknown): Promise<unknown> =>
    cage.forTenant(org).evaluate(parseExpression(expression), { root: input });
  return {
    evaluate,
    isTrue: async (org, expression, input) =>
      (await evaluate(org, `$boolean((${expression}))`, input)) === true,
    problem(expression) {
      try {
        parseExpression(expression);
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : 'The expression cannot be parsed';
      }
    },
  };
}
