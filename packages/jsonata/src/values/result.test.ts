import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExpressionError } from '../expression-error.ts';
import { LIMITS } from '../limits.ts';
import { plainResult } from './result.ts';

const free = (): void => {};

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { value };
  return value;
}

describe('plainResult', () => {
  it('returns JSON as it is, without copying', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        fc.pre(!/"(__proto__|constructor|prototype)":/.test(JSON.stringify(value)));
        expect(plainResult(value, free)).toBe(value);
      }),
      { seed: 3 },
    );
  });

  it('leaves out functions, in whichever shape, and undefined', () => {
    const lambda = { _jsonata_lambda: true, body: {} };
    const builtin = { _jsonata_function: true, implementation: free };
    expect(plainResult({ a: free, b: lambda, c: 1, d: { e: builtin, f: undefined } }, free)).toEqual({
      c: 1,
      d: {},
    });
    expect(plainResult(lambda, free)).toBeUndefined();
    expect(plainResult([undefined, 1, free], free)).toEqual([null, 1, null]);
  });

  it('leaves out members named like prototype properties and copies only what has them', () => {
    const clean = { x: [1] };
    const value: unknown = JSON.parse(
      '{"a": 1, "__proto__": {"b": 2}, "constructor": 3, "prototype": 4, "constructed": 5}',
    );
    const result = plainResult({ clean, value }, free);
    expect(result).toStrictEqual({ clean, value: { a: 1, constructed: 5 } });
    expect(Object.values(Object(result))[0]).toBe(clean);
    expect(Object.keys(Object(value))).toContain('__proto__');
  });

  it('refuses numbers JSON cannot hold', () => {
    for (const number of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => plainResult({ a: [number] }, free)).toThrow(
        expect.objectContaining({ jsonataCode: 'D1001' }),
      );
    }
  });

  it('refuses nesting beyond the limit', () => {
    expect(plainResult(nested(LIMITS.resultDepth), free)).toBeDefined();
    expect(() => plainResult(nested(LIMITS.resultDepth + 2), free)).toThrow(ExpressionError);
  });

  it('asks for payment for every visited value, shared ones each time', () => {
    const shared = [1, 2, 3];
    let paid = 0;
    plainResult([shared, shared], (units) => {
      paid += units;
    });
    expect(paid).toBeGreaterThanOrEqual(8);
  });
});
