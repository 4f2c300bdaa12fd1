import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactArithmetic as ar } from './exact-arithmetic.ts';

describe('exact decimals', () => {
  it.each([
    ['12.345678901234', '12.345678901234'],
    ['0.1234567890129', '0.123456789012'],
    ['-.5', '-0.5'],
    ['5.', '5'],
    ['1.2.3', '1.2'],
    [' +3.250', '3.25'],
    ['4e-7', '0.0000004'],
    ['-1.5e-7', '-0.00000015'],
    ['123456789012345678901234567890.01', '123456789012345678901234567890.01'],
    ['', '0'],
  ])('reads %j as %s', (text, expected) => {
    expect(ar.text(ar.fine(text))).toBe(expected);
  });

  it.each(['5,50', '1.5abc', '1e2', '0x10', 'abc', '1'.repeat(401)])('rejects %j', (text) => {
    expect(() => ar.fine(text)).toThrow(/Not a decimal amount/);
  });

  it('prints what it reads', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (value) => {
        expect(ar.fine(ar.text(value))).toBe(value);
      }),
    );
  });

  it('takes numbers for the decimals they print as', () => {
    expect(ar.toNumber(ar.mul(10n ** 12n, ar.factor(0.1)) * 10n ** 12n)).toBe(0.1);
    expect(ar.toNumber(ar.factor(0.3000000000000004))).toBe(0.3000000000000004);
    expect(ar.toNumber(ar.factor(1e21))).toBe(1e21);
    expect(() => ar.factor(Number.NaN)).toThrow(/Not a decimal amount/);
  });
});

describe('exact operations', () => {
  const value = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
  const whole = fc.integer({ min: 1, max: 100_000 });

  it('rounds quotients to the nearest, ties to even', () => {
    fc.assert(
      fc.property(value, whole, (a, d) => {
        const quotient = ar.div(a, ar.factor(d));
        const twiceRest = 2n * (a - quotient * BigInt(d));
        const size = twiceRest < 0n ? -twiceRest : twiceRest;
        expect(size <= BigInt(d)).toBe(true);
        if (size === BigInt(d)) expect(quotient % 2n).toBe(0n);
      }),
    );
    expect(ar.div(5n, ar.factor(2))).toBe(2n);
    expect(ar.div(-7n, ar.factor(2))).toBe(-4n);
    expect(() => ar.div(1n, ar.factor(0))).toThrow(/divided by zero/);
  });

  it('undoes a multiplication by division', () => {
    fc.assert(
      fc.property(value, whole, (a, m) => {
        expect(ar.div(ar.mul(a, ar.factor(m)), ar.factor(m))).toBe(a);
      }),
    );
  });

  it('converts with exact fractions', () => {
    expect(ar.convert(ar.fine('12'), 'yearly', 'monthly')).toBe(ar.fine('1'));
    expect(ar.convert(ar.fine('1'), 'yearly', 'weekly')).toBe(ar.fine('0.019230769231'));
    expect(ar.convert(ar.fine('1'), 'once', 'weekly')).toBe(ar.fine('1'));
  });

  it('rounds cents half away from zero', () => {
    expect(
      ['0.005', '-0.005', '1.005', '0.0049', '-0.0001'].map((text) => ar.cents(ar.fine(text))),
    ).toStrictEqual([1, -1, 101, 0, 0]);
    expect(() => ar.cents(10n ** 400n)).toThrow(/number range/);
  });

  it('compares factors with numbers', () => {
    const two = ar.factor(2);
    expect(
      [1, 2, 3, Number.POSITIVE_INFINITY].map((other) => Math.sign(ar.compare(two, other))),
    ).toStrictEqual([1, 0, -1, -1]);
    expect(ar.compare(two, Number.NEGATIVE_INFINITY)).toBe(1);
  });

  it('takes over whole numbers only', () => {
    expect(ar.fromRaw(5)).toBe(5n);
    expect(() => ar.fromRaw(0.5)).toThrow(/whole amount/);
  });
});
