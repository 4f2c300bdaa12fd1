import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { formatAmount, toIntegerAmount } from './format-amount.ts';
import { formatAmountFromString, formatFeeAmountFromString } from './format-amount-from-string.ts';
import { parseDecimalValue } from './parse-decimal-value.ts';
import { computePriceDiff } from './price-diff.ts';
import { roundDigits } from './round-digits.ts';

const NBSP = '\u00a0';

describe('amounts as text', () => {
  it('show the same for cents and for the decimal of the same cents', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -10_000_000, max: 10_000_000 }),
        fc.constantFrom('de', 'en', 'fr'),
        (cents, locale) => {
          const decimalAmount = (cents / 100).toFixed(2);
          expect(formatAmountFromString({ decimalAmount, locale })).toBe(
            formatAmount({ amount: cents, locale }),
          );
        },
      ),
    );
  });

  it('round decimal halves away from zero, which doubles would not', () => {
    expect(formatAmountFromString({ decimalAmount: '1.005' })).toBe(`1,01${NBSP}€`);
    expect(toIntegerAmount('-1.005')).toBe(-101);
    expect(roundDigits(-4, 1, 0)).toBe(0);
  });

  it('can name the currency or leave it away', () => {
    expect(formatAmount({ amount: 150, format: 'dollar0,0.00', locale: 'en', currency: 'CHF' })).toBe(
      '1.50 Swiss francs',
    );
    expect(formatAmount({ amount: 123456, format: '0.0' })).toBe('1234,6');
  });

  it('report what is no amount, and refuse fractions of cents', () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(formatAmount({ amount: 'abc' })).toBe(`0,00${NBSP}€`);
    expect(report).toHaveBeenCalledOnce();
    report.mockRestore();
    expect(() => formatAmount({ amount: 0.5 })).toThrow(/whole cents/);
  });

  it('show small amounts in sub-units with as many digits as they need', () => {
    const options = { enableSubunitDisplay: true, locale: 'en' };
    expect(formatAmountFromString({ ...options, decimalAmount: '0.123456789', useRealPrecision: true })).toBe(
      '12.345679 cents',
    );
    expect(formatFeeAmountFromString({ ...options, decimalAmount: '0.1234567' })).toBe('12.3457 cents');
    for (const decimalAmount of ['-.5', '-0.5', '-,50']) {
      expect(formatAmountFromString({ ...options, decimalAmount })).toBe('-50.00 cents');
      expect(formatFeeAmountFromString({ ...options, decimalAmount })).toBe('-50.00 cents');
    }
    expect(formatAmount({ ...options, amount: 5, currency: 'CHF' })).toBe('5 centimes');
    expect(formatAmount({ amount: 5, currency: 'CHF', enableSubunitDisplay: true })).toBe('5 Centime');
  });
});

describe('decimal texts of customers', () => {
  it('are read in both notations', () => {
    const units = fc.integer({ min: 1000, max: 99_999_999 });
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: 99 }), (whole, cents) => {
        const plain = `${whole}.${String(cents).padStart(2, '0')}`;
        const number = Number(plain);
        const format = (locale: string) =>
          new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(
            number,
          );
        expect(parseDecimalValue(format('de'))).toBe(plain);
        expect(parseDecimalValue(format('en'))).toBe(plain);
      }),
    );
  });
});

describe('a price difference', () => {
  it('needs no locale', () => {
    expect(computePriceDiff('84.20', '97.50', { format: 'absolute' })?.formattedDiff).toContain('13');
  });
});
