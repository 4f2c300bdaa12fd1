import type { Evaluator, Expression } from '@busbar/jsonata';
import { jsonSize } from '../json/json-size.ts';
import { AWAITING_ANSWER, ENOUGH_ASKED } from './awaiting-answer.ts';
import { type ItemScope, scopeName } from './item-scope.ts';
import type { MappingSite } from './mapping-problem.ts';

type Answer = { readonly value: unknown } | { readonly error: unknown } | 'awaited';

/** An expression that is to be evaluated in a scope. */
type Question = readonly [expression: Expression, scope: ItemScope];

/** Expressions of one event that wait for answers together; a cage bounds what a tenant may have waiting. */
const MAX_IN_FLIGHT = 64;

/** Most characters, as JSON, of all answers that are remembered. */
const MAX_REMEMBERED = 64 * 1024 * 1024;

/** Expressions of a round that wait to be asked; then the round ends and is run again. */
const MAX_QUEUED = 10_000;

/**
 * Lets synchronous mapping code use an evaluator that sometimes answers by promise. An expression without an answer yet
 * is started and `AWAITING_ANSWER` is thrown; the code goes on elsewhere, so that all expressions a round needs are in
 * flight together; after `settle` the round is run again and finds the answers here. As long as the evaluator
 * answers at once nothing is remembered and nothing awaited.
 */
export class Answers {
  private readonly evaluator: Evaluator;
  private readonly known = new Map<string, Map<string, Answer>>();
  private pending: Promise<void>[] = [];
  private queued: Question[] = [];
  private remembering = false;
  private roomLeft = MAX_REMEMBERED;
  /** Whose answer was too much to be remembered: what the expressions of the event yield is too large in all. */
  overflow: MappingSite | undefined;

  constructor(evaluator: Evaluator) {
    this.evaluator = evaluator;
  }

  /** Whether the last round met an expression that has no answer yet, so that its result is incomplete. */
  get incomplete(): boolean {
    return this.pending.length > 0 || this.queued.length > 0;
  }

  /** Waits for everything the last round asked. Failures are remembered as answers, never lost. */
  async settle(): Promise<void> {
    // From now on every answer is remembered, also immediate ones: rounds must not differ by $random or $now.
    this.remembering = true;
    while (this.incomplete) {
      const started = this.pending;
      this.pending = [];
      await Promise.all(started);
      if (this.overflow) return;
      for (const [expression, scope] of this.queued.splice(0, MAX_IN_FLIGHT)) this.askOnce(expression, scope);
    }
  }

  /** The result of an expression in a scope. Throws what the evaluator throws, or `AWAITING_ANSWER`. */
  evaluate(expression: Expression, scope: ItemScope): unknown {
    if (!this.remembering && expression.mode === 'compiled') return this.ask(expression, scope);
    const answer =
      this.known.get(expression.source)?.get(scopeName(scope)) ?? this.askOnce(expression, scope);
    if (answer === 'awaited') throw AWAITING_ANSWER;
    if ('error' in answer) throw answer.error;
    return answer.value;
  }

  private ask(expression: Expression, scope: ItemScope): unknown {
    if (this.pending.length >= MAX_IN_FLIGHT) {
      if (this.queued.length >= MAX_QUEUED) throw ENOUGH_ASKED;
      this.queued.push([expression, scope]);
      throw AWAITING_ANSWER;
    }
    const value = this.evaluator.evaluate(expression, scope);
    if (!(value instanceof Promise)) return value;
    const answered = value.then(
      (result: unknown) => this.remember(expression, scope, { value: result }),
      (error: unknown) => this.remember(expression, scope, { error }),
    );
    this.pending.push(answered);
    throw AWAITING_ANSWER;
  }

  /** Asks and notes that it has, so that the same expression in the same scope is not started twice. */
  private askOnce(expression: Expression, scope: ItemScope): Answer {
    let answer: Answer;
    try {
      answer = { value: this.ask(expression, scope) };
    } catch (error) {
      if (error === ENOUGH_ASKED) throw error;
      answer = error === AWAITING_ANSWER ? 'awaited' : { error };
    }
    this.remember(expression, scope, answer);
    return answer;
  }

  private remember(expression: Expression, scope: ItemScope, answer: Answer): void {
    let answers = this.known.get(expression.source);
    if (!answers) {
      answers = new Map();
      this.known.set(expression.source, answers);
    }
    answers.set(scopeName(scope), answer);
    if (answer === 'awaited' || 'error' in answer) return;
    this.roomLeft -= jsonSize(answer.value, this.roomLeft);
    if (this.roomLeft < 0) this.overflow ??= scope.site;
  }
}
