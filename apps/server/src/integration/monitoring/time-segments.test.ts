import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeSegments } from './time-segments.ts';
import { bucketCount, bucketStarts } from './time-series.ts';

const instant = fc.integer({ min: 0, max: 4_000_000_000_000 });

describe('the segments of a period', () => {
  it('cover it without gap or overlap, in whole buckets and few rows', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 300 * 86_400_000 }), (start, length) => {
        const segments = timeSegments(start, start + length);
        expect(segments[0]?.start).toBe(start);
        expect(segments.at(-1)?.end).toBe(start + length);
        for (const [at, { span, start: from, end }] of segments.entries()) {
          expect(end).toBeGreaterThan(from);
          if (at > 0) expect(segments[at - 1]?.end).toBe(from);
          if (span === 'rows') expect(end - from).toBeLessThan(600_000);
          else expect([from % (span * 1000), end % (span * 1000)]).toEqual([0, 0]);
        }
        expect(segments.length).toBeLessThanOrEqual(9);
      }),
    );
  });

  it('use the largest buckets that fit', () => {
    const day = Date.UTC(2026, 0, 5);
    expect(timeSegments(day, day + 2 * 86_400_000)).toEqual([
      { span: 86_400, start: day, end: day + 2 * 86_400_000 },
    ]);
    expect(timeSegments(day - 3_600_000, day + 86_400_000 + 1).map(({ span }) => span)).toEqual([
      3_600,
      86_400,
      'rows',
    ]);
  });
});

describe('the buckets of a time series', () => {
  it('are aligned in UTC, without gaps, from the first instant to the last', () => {
    const interval = fc.constantFrom('5m', '10m', '30m', '1h', '3h', '1d' as const);
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 86_400_000 }), interval, (from, length, interval) => {
        const series = { from: new Date(from), to: new Date(from + length), interval };
        const starts = bucketStarts(series).map((start) => start.getTime());
        expect(starts).toHaveLength(bucketCount(series));
        const size = { '5m': 5, '10m': 10, '30m': 30, '1h': 60, '3h': 180, '1d': 1_440 }[interval] * 60_000;
        expect(starts[0]).toBeLessThanOrEqual(from);
        expect(from - (starts[0] ?? 0)).toBeLessThan(size);
        expect(from + length - (starts.at(-1) ?? 0)).toBeLessThan(size);
        for (const [at, start] of starts.entries()) {
          expect(start % size).toBe(0);
          if (at > 0) expect(start - (starts[at - 1] ?? 0)).toBe(size);
        }
      }),
    );
  });
});
