import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Evaluator, type Expression, ExpressionError, type Scope } from '@busbar/jsonata';

/** Milliseconds all expressions of one event may take together (erp-integration.md 2.4). */
const MOST_MILLISECONDS = 10_000;
/** Milliseconds that expressions of any events may hold the process at a stretch; those after wait until others had their turn. */
const STRETCH = 100;

/** How long expressions have held the process since it last turned to anything else. */
class Stretch {
  #milliseconds = 0;
  #turning = false;

  get over(): boolean {
    return this.#milliseconds > STRETCH;
  }

  add(milliseconds: number): void {
    this.#milliseconds += milliseconds;
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(() => {
      this.#turning = false;
      this.#milliseconds = 0;
    });
  }
}

const stretch = new Stretch();

/** Lets the process turn to something else when expressions have held it for long. */
export async function giveWay(): Promise<void> {
  if (stretch.over) await nextTurn();
}

/**
 * The evaluator of one event (or simulation): its expressions share ten seconds, counted while they are evaluated and not while the process does
 * something else, and together they never hold the process for long. A single expression is bounded by the evaluator behind this one.
 */
export class EventEvaluator implements Evaluator {
  readonly #evaluator: Evaluator;
  #spent = 0;
  /** Evaluations in processes of their own that have not answered, and since when there are any. */
  #away = 0;
  #awaySince = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  /** As the evaluator behind it, or by promise where others come first. @throws ExpressionError also `EXPRESSION_TIMEOUT` for the whole event */
  evaluate(expression: Expression, scope: Scope): unknown {
    return stretch.over ? this.#later(expression, scope) : this.#now(expression, scope);
  }

  #later(expression: Expression, scope: Scope): Promise<unknown> {
    const evaluated = this.#turn.then(async () => {
      await giveWay();
      // Wrapped, for the next one need not wait until a caged expression has answered.
      return { value: this.#now(expression, scope) };
    });
    this.#turn = evaluated.then(ignore, ignore);
    return evaluated.then(({ value }) => value);
  }

  #now(expression: Expression, scope: Scope): unknown {
    const started = performance.now();
    const away = this.#away > 0 ? started - this.#awaySince : 0;
    if (this.#spent + away > MOST_MILLISECONDS)
      throw new ExpressionError('EXPRESSION_TIMEOUT', 'The expressions of this event take too long');
    try {
      const value = this.#evaluator.evaluate(expression, scope);
      return value instanceof Promise ? this.#watched(value) : value;
    } finally {
      const milliseconds = performance.now() - started;
      this.#spent += milliseconds;
      stretch.add(milliseconds);
    }
  }

  #watched(answer: Promise<unknown>): Promise<unknown> {
    if (this.#away === 0) this.#awaySince = performance.now();
    this.#away += 1;
    return answer.finally(() => {
      this.#away -= 1;
      if (this.#away === 0) this.#spent += performance.now() - this.#awaySince;
    });
  }
}

function ignore(): void {
  // Whoever asked is told of the failure; the next in turn need not know.
}
