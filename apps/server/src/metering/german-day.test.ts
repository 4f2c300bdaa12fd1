import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfGermanDay, germanDay, startOfGermanDay } from './german-day.ts';

/** Instants since Germany has had the summer time of today. */
const instants = fc.date({ min: new Date('1996-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

describe('the German calendar day', () => {
  it('begins and ends where the next and the one before do', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const day = germanDay(instant);
        const [start, end] = [startOfGermanDay(day), endOfGermanDay(day)];
        expect(start <= instant && instant <= end).toBe(true);
        expect([germanDay(start), germanDay(end)]).toEqual([day, day]);
        expect(germanDay(new Date(start.getTime() - 1))).not.toBe(day);
        expect(germanDay(new Date(end.getTime() + 1))).not.toBe(day);
      }),
    );
  });

  it.each([
    ['2025-03-30', 23],
    ['2025-10-26', 25],
    ['2025-06-01', 24],
  ])('%s has %i hours', (day, hours) => {
    expect(endOfGermanDay(day).getTime() + 1 - startOfGermanDay(day).getTime()).toBe(hours * 3_600_000);
  });
});
