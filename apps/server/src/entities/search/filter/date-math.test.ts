import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DateMathError, resolveDateMath } from './date-math.ts';

const now = new Date('2024-03-31T10:20:30.400Z');
const down = (text: string, timeZone?: string) => resolveDateMath(text, { now, timeZone, roundsUp: false });
const up = (text: string, timeZone?: string) => resolveDateMath(text, { now, timeZone, roundsUp: true });

describe('date math', () => {
  it.each([
    ['now', '2024-03-31T10:20:30.400Z', '2024-03-31T10:20:30.400Z'],
    ['now-1d/d', '2024-03-30T00:00:00.000Z', '2024-03-30T23:59:59.999Z'],
    ['now/d', '2024-03-31T00:00:00.000Z', '2024-03-31T23:59:59.999Z'],
    ['now/w', '2024-03-25T00:00:00.000Z', '2024-03-31T23:59:59.999Z'],
    ['now/M', '2024-03-01T00:00:00.000Z', '2024-03-31T23:59:59.999Z'],
    ['now/y', '2024-01-01T00:00:00.000Z', '2024-12-31T23:59:59.999Z'],
    ['now/h', '2024-03-31T10:00:00.000Z', '2024-03-31T10:59:59.999Z'],
    ['now/m', '2024-03-31T10:20:00.000Z', '2024-03-31T10:20:59.999Z'],
    ['now-1M', '2024-02-29T10:20:30.400Z', '2024-02-29T10:20:30.400Z'],
    ['now-1y-1M', '2023-02-28T10:20:30.400Z', '2023-02-28T10:20:30.400Z'],
    ['now+d-2H+30s', '2024-04-01T08:21:00.400Z', '2024-04-01T08:21:00.400Z'],
    ['2024-01-31||+1M', '2024-02-29T00:00:00.000Z', '2024-02-29T00:00:00.000Z'],
    ['2024-01-05T12:00Z||+1w/d', '2024-01-12T00:00:00.000Z', '2024-01-12T23:59:59.999Z'],
    ['2024-02||/M', '2024-02-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z'],
  ])('%s', (text, first, last) => {
    expect([down(text), up(text)]).toEqual([first, last]);
  });

  it('counts days in the time zone, short and long ones as well', () => {
    expect([down('now/d', 'Europe/Berlin'), up('now/d', 'Europe/Berlin')]).toEqual([
      ...['2024-03-30T23:00:00.000Z', '2024-03-31T21:59:59.999Z'],
    ]);
    expect(down('2024-10-26||+1d', 'Europe/Berlin')).toBe('2024-10-26T22:00:00.000Z');
    expect(down('2024-10-27||+1d', 'Europe/Berlin')).toBe('2024-10-27T23:00:00.000Z');
    expect(down('now/d', '-11:00')).toBe('2024-03-30T11:00:00.000Z');
  });

  it('leaves everything else as it is, and a date without steps is that date', () => {
    for (const text of ['2024-01-05', 'nowhere', 'now_x', '', 'yesterday']) expect(down(text)).toBe(text);
    expect(up('2024-01-05||')).toBe('2024-01-05');
  });

  it.each([
    ...['now-', 'now-1', 'now-1x', 'now/', 'now d', 'now-1d/d/', '||', 'tomorrow||+1d', '2024-02-30||+1d'],
    ...['now+999999y', 'now-9999y', `now${'+1d'.repeat(11)}`, `now+${'1'.repeat(100)}d`, 'now-1.5d'],
  ])('refuses %s', (text) => {
    expect(() => down(text)).toThrow(DateMathError);
  });

  it('undoes its own steps, and rounding again changes nothing', () => {
    const amounts = fc.integer({ min: 0, max: 999 });
    fc.assert(
      fc.property(amounts, fc.constantFrom('w', 'd', 'h', 'm', 's'), (amount, unit) => {
        expect(down(`now+${amount}${unit}-${amount}${unit}`)).toBe(now.toISOString());
        for (const round of [down, up]) {
          expect(round(`now-${amount}d/${unit}/${unit}`)).toBe(round(`now-${amount}d/${unit}`));
        }
      }),
    );
  });
});
