import jsonata from 'jsonata';
import { ExpressionError } from './expression-error.ts';
import type { Expression } from './parse-expression.ts';
import type { Scope } from './scope.ts';

/** The evaluator the rest of the system uses: compiled expressions answer at once, caged ones by promise. */
export interface Evaluator {
  evaluate(expression: Expression, scope: Scope): unknown | Promise<unknown>;
}

export interface CageOptions {
  readonly workers?: number;
  readonly memoryMb?: number;
  readonly timeoutMs?: number;
  readonly maxPerTenant?: number;
}

/** Evaluates expressions under a time limit; one per process. */
export class ExpressionCage {
  readonly #timeoutMs: number;

  constructor(options: CageOptions = {}) {
    this.#timeoutMs = options.timeoutMs ?? 1_000;
  }

  forTenant(_tenant: string): Evaluator {
    return { evaluate: (expression, scope) => this.#run(expression, scope) };
  }

  async close(): Promise<void> {}

  async #run(expression: Expression, scope: Scope): Promise<unknown> {
    try {
      const wrapped = jsonata(`($$ := $busbar_root; ${expression.source}\n)`, {
        timeout: this.#timeoutMs,
        stack: 200,
      });
      const result: unknown = await wrapped.evaluate(scope.item ?? scope.root, {
        ...scope.bindings,
        busbar_root: scope.root,
      });
      return result === undefined ? undefined : JSON.parse(JSON.stringify(result));
    } catch (error) {
      const message =
        typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : 'failed';
      throw new ExpressionError('EXPRESSION_RUNTIME', message);
    }
  }
}
