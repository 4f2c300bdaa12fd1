import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConsumptionCurve, type CurveReading } from './consumption-curve.ts';

const reading = (at: number, value: number, startsSeries = false): CurveReading => ({
  at,
  value: BigInt(value) * 1_000_000n,
  startsSeries,
});

describe('a curve of consumption', () => {
  /** Readings at different times whose values never fall. */
  const series = fc
    .uniqueArray(fc.tuple(fc.nat(10_000), fc.nat(100_000)), {
      selector: ([at]) => at,
      minLength: 2,
      maxLength: 20,
    })
    .map((pairs) => {
      const times = pairs.map(([at]) => at).sort((a, b) => a - b);
      const values = pairs.map(([, value]) => value).sort((a, b) => a - b);
      return times.map((at, index) => reading(at, values[index] ?? 0));
    });

  it('adds up to the difference of its readings, however it is cut', () => {
    fc.assert(
      fc.property(series, fc.array(fc.integer({ min: -10, max: 10_010 })), (readings, cuts) => {
        const curve = ConsumptionCurve.of(readings, undefined);
        const ends = [-20, ...cuts, 10_020].sort((a, b) => a - b);
        const parts = ends.slice(1).map((end, index) => curve.between(ends[index] ?? 0, end) ?? 0n);
        const whole = (readings.at(-1)?.value ?? 0n) - (readings[0]?.value ?? 0n);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(whole);
        expect(parts.every((part) => part >= 0n)).toBe(true);
      }),
    );
  });

  it('is a straight line between two readings, and unknown outside', () => {
    const curve = ConsumptionCurve.of([reading(0, 100), reading(1_000, 200)], undefined);
    expect(curve.between(250, 500)).toBe(25_000_000n);
    expect(curve.between(900, 5_000)).toBe(10_000_000n);
    expect(curve.between(1_000, 5_000)).toBeUndefined();
    expect(curve.between(-5, 0)).toBeUndefined();
    expect(curve.span).toEqual({ from: 0, to: 1_000 });
  });

  it('knows nothing across a new meter, and starts again after it', () => {
    const readings = [reading(0, 900), reading(10, 1_000), reading(10, 0, true), reading(20, 50)];
    const curve = ConsumptionCurve.of(readings, undefined);
    expect(curve.between(0, 20)).toBe(150_000_000n);
    expect(curve.knownBetween(-5, 30)).toEqual([{ from: 0, to: 20 }]);
    const gap = ConsumptionCurve.of([reading(0, 1), reading(10, 2), reading(50, 0, true), reading(60, 4)], 6);
    expect(gap.between(20, 30)).toBeUndefined();
    expect(gap.between(5, 55)).toBe(2_500_000n);
    expect(gap.knownBetween(0, 60)).toEqual([
      { from: 0, to: 10 },
      { from: 50, to: 60 },
    ]);
  });

  it('tells a counter that has gone round from a correction', () => {
    const turned = ConsumptionCurve.of([reading(0, 99_990), reading(10, 15)], 5);
    expect(turned.between(0, 10)).toBe(25_000_000n);
    const corrected = ConsumptionCurve.of([reading(0, 500), reading(10, 480)], 5);
    expect(corrected.between(0, 10)).toBe(-20_000_000n);
    const unknown = ConsumptionCurve.of([reading(0, 99_990), reading(10, 15)], undefined);
    expect(unknown.between(0, 10)).toBe(-99_975_000_000n);
  });

  it('multiplies with what a unit stands for', () => {
    const curve = ConsumptionCurve.of([reading(0, 0), reading(10, 3)], undefined, 10.3333);
    expect(curve.between(0, 10)).toBe(30_999_900n);
  });
});
