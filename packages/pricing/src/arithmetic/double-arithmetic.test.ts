import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doubleArithmetic as ar } from './double-arithmetic.ts';
import { doubleFactor, doubleFactorOfFine } from './double-factor.ts';

/** The definitions of spec A2, written down as they stand there. */
const definition = {
  fine(text: string): number {
    const [whole = '', fraction = '0'] = text.split('.');
    return Number(whole + fraction.slice(0, 12).padEnd(12, '0'));
  },
  digits(value: number): number {
    const text = String(value);
    if (text.includes('e-')) return Number(text.split('e-')[1]);
    return (text.split('.')[1] ?? '').length;
  },
  halfEven(value: number): number {
    const rounded = Math.round(value);
    return Math.abs(value) % 1 === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
  },
  halfAway(value: number): number {
    if (Math.abs(value) % 1 === 0.5) return Math.sign(value) * Math.ceil(Math.abs(value));
    return Math.round(value);
  },
  mul(a: number, m: number): number {
    if (Number.isInteger(a) && Number.isInteger(m)) return this.halfEven(a * m);
    const k = Math.max(10 ** this.digits(a), 10 ** this.digits(m));
    return this.halfEven((Math.round(a * k) * Math.round(m * k)) / (k * k));
  },
};

const amount = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => cents * 1e10),
  fc.integer({ min: 1, max: 1_000_000 }).map((units) => units * 1.5e21),
);

const factor = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1e4),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.double({ min: 1e-9, max: 1e-5, noNaN: true }),
  fc.constantFrom(1 / 12, 1 / 52, 13, 0.19, 1.19, 0.081, 1 + 0.026000000000000002),
);

describe('reading decimals', () => {
  it('gives what Number gives for the digits put together', () => {
    const digits = fc.stringMatching(/^-?\d{0,18}(\.\d{0,16})?(\.\d)?$/).filter((text) => text !== '');
    fc.assert(
      fc.property(digits, (text) => {
        expect(ar.fine(text) + 0).toBe(definition.fine(text) + 0);
      }),
    );
  });

  it.each(['5,50', '1 000', '5 EUR', '1e2', 'abc', '--1', '1.-2'])('rejects %j', (text) => {
    expect(() => ar.fine(text)).toThrow(/Not a decimal amount/);
  });

  it('reads a number like its text', () => {
    fc.assert(
      fc.property(fc.oneof(factor, fc.integer()), (value) => {
        expect(ar.fineNumber(value) + 0).toBe(ar.fine(String(value)) + 0);
      }),
    );
  });

  it('rereads an amount like its text', () => {
    fc.assert(
      fc.property(fc.oneof(amount, fc.integer({ min: -2_000_000, max: 2_000_000 })), (value) => {
        fc.pre(Math.abs(value) < 1e21);
        expect(ar.reread(value) + 0).toBe(ar.fine(ar.text(value)) + 0);
      }),
    );
  });
});

/** What is no finite number by definition must be refused. */
function expectLike(compute: () => number, defined: number): void {
  if (Number.isFinite(defined)) expect(compute() + 0).toBe(defined + 0);
  else expect(compute).toThrow(/number range/);
}

describe('printing decimals', () => {
  it('gives the text of the number of units', () => {
    const digits = fc
      .integer({ min: 0, max: 15 })
      .chain((size) => fc.integer({ min: -(10 ** size), max: 10 ** size }));
    const trimmed = fc
      .tuple(digits, fc.integer({ min: 0, max: 12 }))
      .map(([value, zeros]) => value * 10 ** zeros);
    fc.assert(
      fc.property(fc.oneof(amount, digits, trimmed), (value) => {
        expect(ar.text(value)).toBe(String((value + 0) / 1e12));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('multiplying, dividing and rounding', () => {
  it('multiplies as defined', () => {
    fc.assert(
      fc.property(amount, factor, (a, m) => {
        expectLike(() => ar.mul(a, ar.factor(m)), definition.mul(a, m));
      }),
      { numRuns: 2000 },
    );
  });

  it('divides as defined', () => {
    fc.assert(
      fc.property(amount, factor, (a, d) => {
        fc.pre(d !== 0);
        expectLike(() => ar.div(a, ar.factor(d)), definition.halfEven(a / d));
      }),
    );
  });

  it('rounds to cents half away from zero, without a negative zero', () => {
    const near = fc.integer({ min: -2000, max: 2000 }).map((n) => n * 5e8);
    fc.assert(
      fc.property(fc.oneof(amount, near), (a) => {
        expect(ar.cents(a)).toBe(definition.halfAway(a / 1e10) + 0);
      }),
    );
  });

  it('prepares amounts as factors like the numbers they stand for', () => {
    fc.assert(
      fc.property(fc.oneof(amount, fc.integer({ min: -2_000_000, max: 2_000_000 })), (a) => {
        expect(doubleFactorOfFine(a)).toStrictEqual(doubleFactor(a / 1e12));
      }),
    );
  });

  it('refuses results beyond the number range', () => {
    expect(() => ar.mul(1e300, ar.factor(1e300))).toThrow(/number range/);
    expect(() => ar.div(1, ar.factor(0))).toThrow(/number range/);
    expect(() => ar.fromRaw(0.5)).toThrow(/whole amount/);
  });
});

describe('converting between periods', () => {
  it.each([
    ['3500', 'yearly', 'monthly', '291.666666666667'],
    ['100', 'weekly', 'monthly', '400'],
    ['100', 'weekly', 'every_quarter', '1300'],
    ['100', 'monthly', 'weekly', '25'],
    ['100', 'one_time', 'monthly', '100'],
    ['100', 'YEARLY', 'monthly', '100'],
  ])('%s per %s is, per %s, %s', (value, from, to, expected) => {
    expect(ar.text(ar.convert(ar.fine(value), from, to))).toBe(expected);
  });
});
