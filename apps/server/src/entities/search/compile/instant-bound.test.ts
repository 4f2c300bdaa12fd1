import { describe, expect, it } from 'vitest';
import { readTimeSpan } from './instant-bound.ts';

function span(text: string, timeZone?: string): [string, string] | undefined {
  const read = readTimeSpan(text, timeZone);
  return read && [new Date(read.start).toISOString(), new Date(read.end).toISOString()];
}

describe('reading dates of a range', () => {
  it('takes what is not written as the whole of it', () => {
    expect(span('2024-02')).toEqual(['2024-02-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z']);
    expect(span('2024-12-31')).toEqual(['2024-12-31T00:00:00.000Z', '2024-12-31T23:59:59.999Z']);
    expect(span('2024-01-05T10:30Z')).toEqual(['2024-01-05T10:30:00.000Z', '2024-01-05T10:30:59.999Z']);
    expect(span('2024-01-05T10:30:00.250+02:00')).toEqual([
      '2024-01-05T08:30:00.250Z',
      '2024-01-05T08:30:00.250Z',
    ]);
  });

  it('reads dates in a time zone, days of 23 and 25 hours included', () => {
    expect(span('2024-03-31', 'Europe/Berlin')).toEqual([
      '2024-03-30T23:00:00.000Z',
      '2024-03-31T21:59:59.999Z',
    ]);
    expect(span('2024-10-27', 'Europe/Berlin')).toEqual([
      '2024-10-26T22:00:00.000Z',
      '2024-10-27T22:59:59.999Z',
    ]);
    expect(span('2024-07-01', '-05:30')).toEqual(['2024-07-01T05:30:00.000Z', '2024-07-02T05:29:59.999Z']);
  });

  it.each(['2024', '2024-13', '2023-02-29', '2024-01-05T24:00', 'now', '', '2024-01-05 and more'])(
    'does not read %s',
    (text) => {
      expect(readTimeSpan(text)).toBeUndefined();
    },
  );
});
