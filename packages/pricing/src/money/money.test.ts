import { describe, expect, it } from 'vitest';
import { toDinero, toDineroFromInteger } from './money.ts';

describe('money', () => {
  it('comes from decimal text and from whole numbers', () => {
    const price = toDinero('12.90');
    expect([price.getAmount(), price.getPrecision(), price.getCurrency()]).toStrictEqual([
      12.9e12,
      12,
      'EUR',
    ]);
    expect(price.equalsTo(toDineroFromInteger(12_900_000_000_000))).toBe(true);
    expect(() => toDineroFromInteger(0.5)).toThrow(/whole amount/);
  });

  it('computes like the engine', () => {
    const net = toDinero('12.90').divide(1.19);
    expect(net.getAmount()).toBe(10_840_336_134_454);
    expect(net.multiply(3).convertPrecision(2).getAmount()).toBe(3252);
    expect(toDinero('1').add(toDinero('2')).subtract(toDinero('0.5')).toUnit()).toBe(2.5);
    expect(toDinero('-0.005').convertPrecision(2).getAmount()).toBe(-1);
  });

  it('compares amounts of one currency, whatever their precision', () => {
    const [one, two] = [toDinero('1'), toDinero('2').convertPrecision(2)];
    expect([one.lessThan(two), one.greaterThan(two), one.isZero(), one.isNegative()]).toStrictEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(() => one.add(toDinero('1', 'CHF'))).toThrow(/CHF does not go with EUR/);
  });
});
