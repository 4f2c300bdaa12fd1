import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareReference } from './cage/reference-expression.ts';
import { documents, expressions } from './differential-grammar.ts';
import { ExpressionError, evaluateCompiled, parseExpression, type Scope } from './index.ts';

type Outcome = { readonly value: unknown } | { readonly failed: true };

const SEED = Number(process.env.DIFFERENTIAL_SEED ?? 20_260_101);
const RUNS = Number(process.env.DIFFERENTIAL_RUNS ?? 6_000);

/** What the reference says, as this package promises it: JSON without functions; numbers JSON cannot hold are errors. */
async function referenceOutcome(source: string, scope: Scope): Promise<Outcome> {
  const watch = watchForWrites();
  try {
    const result = await prepareReference(source).evaluate(structuredClone(scope));
    return { value: json(result) };
  } catch {
    return { failed: true };
  } finally {
    fc.pre(watch.stop() === 0);
  }
}

/**
 * Grouping an empty array makes the reference append `undefined` to that very array, be it input or intermediate result.
 * Compiled expressions write into nothing they have not made, so evaluations in which that happens are not compared.
 */
function watchForWrites(): { stop: () => number } {
  const { push } = Array.prototype;
  let writes = 0;
  Array.prototype.push = function (this: unknown[], ...items: unknown[]): number {
    if (this.length === 0 && items.length === 1 && items[0] === undefined && !('sequence' in this))
      writes += 1;
    return push.apply(this, items);
  };
  return {
    stop: () => {
      Array.prototype.push = push;
      return writes;
    },
  };
}

function compiledOutcome(source: string, scope: Scope): Outcome {
  try {
    return { value: json(evaluateCompiled(parseExpression(source), scope)) };
  } catch (error) {
    expect(error).toBeInstanceOf(ExpressionError);
    return { failed: true };
  }
}

function json(value: unknown): unknown {
  if (typeof value === 'function') return undefined;
  const text = JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'number' && !Number.isFinite(member)) throw new RangeError('not a JSON number');
    if (typeof member !== 'object' || member === null) return member;
    return '_jsonata_function' in member || '_jsonata_lambda' in member ? undefined : member;
  });
  return text === undefined ? undefined : JSON.parse(text);
}

function modeOf(source: string): string {
  try {
    return parseExpression(source).mode;
  } catch {
    return 'refused';
  }
}

describe('compiled expressions against the reference implementation', () => {
  it('give the same results and fail in the same cases', async () => {
    let compiled = 0;
    await fc.assert(
      fc.asyncProperty(expressions, documents, async (source, root) => {
        fc.pre(modeOf(source) === 'compiled');
        compiled += 1;
        expect(compiledOutcome(source, { root })).toEqual(await referenceOutcome(source, { root }));
      }),
      { seed: SEED, numRuns: RUNS, maxSkipsPerRun: 1_000 },
    );
    expect(compiled).toBeGreaterThanOrEqual(RUNS);
  });

  it('see the item as $ and the document as $$', async () => {
    await fc.assert(
      fc.asyncProperty(expressions, documents, documents, async (source, root, item) => {
        fc.pre(modeOf(source) === 'compiled');
        const scope = { root, item, bindings: { v: structuredClone(item) } };
        expect(compiledOutcome(source, scope)).toEqual(await referenceOutcome(source, scope));
      }),
      { seed: SEED + 1, numRuns: RUNS / 2, maxSkipsPerRun: 1_000 },
    );
  });

  it('leave their input untouched', () => {
    fc.assert(
      fc.property(expressions, documents, (source, root) => {
        fc.pre(modeOf(source) === 'compiled');
        const before = JSON.stringify(root);
        compiledOutcome(source, { root });
        expect(JSON.stringify(root)).toBe(before);
      }),
      { seed: SEED + 2, numRuns: RUNS / 2, maxSkipsPerRun: 1_000 },
    );
  });
});
