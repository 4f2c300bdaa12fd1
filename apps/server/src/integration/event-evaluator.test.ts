import { type Evaluator, ExpressionCage, parseExpression } from '@busbar/jsonata';
import { compileMapping, mapPayload } from '@busbar/mapping';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { EventEvaluator } from './event-evaluator.ts';

const cage = new ExpressionCage();
afterAll(() => cage.close());
afterEach(async () => {
  vi.restoreAllMocks();
  // The next test begins with a new stretch.
  await new Promise((resolve) => setImmediate(resolve));
});

const EXPRESSION = parseExpression('1');
const SCOPE = { root: {} };

describe('the expressions of an event', () => {
  it('let the process turn to other work, and give the same result', async () => {
    const plan = compileMapping({
      entities: [
        {
          entity_schema: 'contact',
          unique_ids: ['nr'],
          jsonataExpression: 'rows',
          fields: [
            { attribute: 'nr', field: 'nr' },
            { attribute: 'sum', jsonataExpression: '$sum([1..(300000 + nr)])' },
          ],
        },
      ],
    });
    const rows = Array.from({ length: 60 }, (_, nr) => ({ nr: nr + 1 }));
    let turns = 0;
    let done = false;
    const count = () => {
      turns += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    const evaluator = new EventEvaluator(cage.forTenant('busy'));
    const { entityUpdates, problems } = await mapPayload(plan, { rows }, { evaluator });
    done = true;
    expect(problems).toEqual([]);
    expect(entityUpdates.map(({ attributes }) => attributes['sum'])).toEqual(
      rows.map(({ nr }) => ((300_000 + nr) * (300_001 + nr)) / 2),
    );
    expect(turns).toBeGreaterThan(2);
  });

  it('have ten seconds of their own evaluation, whatever the process does in between', () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const slow: Evaluator = {
      evaluate() {
        now += 4_000;
        return 1;
      },
    };
    const evaluators = [new EventEvaluator(slow), new EventEvaluator(slow)];
    const evaluate = (evaluator: Evaluator | undefined) => evaluator?.evaluate(EXPRESSION, SCOPE);
    // The second event waits for the first one, which must not count.
    expect(evaluate(evaluators[0])).toBe(1);
    now += 60_000;
    return Promise.all([1, 2].map(() => evaluate(evaluators[0]))).then(async (values) => {
      expect(values).toEqual([1, 1]);
      await expect(evaluate(evaluators[0])).rejects.toMatchObject({ code: 'EXPRESSION_TIMEOUT' });
      expect(await evaluate(evaluators[1])).toBe(1);
    });
  });

  it('count while they are away in a process of their own', async () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const answers: ((value: number) => void)[] = [];
    const away: Evaluator = { evaluate: () => new Promise((resolve) => answers.push(resolve)) };
    const evaluator = new EventEvaluator(away);
    const first = evaluator.evaluate(EXPRESSION, SCOPE);
    now += 11_000;
    expect(() => evaluator.evaluate(EXPRESSION, SCOPE)).toThrow('take too long');
    answers[0]?.(7);
    expect(await first).toBe(7);
    expect(() => evaluator.evaluate(EXPRESSION, SCOPE)).toThrow('take too long');
  });
});
