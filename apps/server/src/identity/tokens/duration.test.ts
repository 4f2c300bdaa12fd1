import { describe, expect, it } from 'vitest';
import { readDuration } from './duration.ts';

describe('expires_in', () => {
  it.each([
    [3600, 3600],
    ['10h', 36_000],
    ['7d', 604_800],
    ['2 days', 172_800],
    ['90', 90],
    ['1 week', 604_800],
    ['60000 ms', 60],
    ['45 minutes', 2_700],
  ])('reads %s', (value, seconds) => {
    expect(readDuration(value, 31_536_000)).toBe(seconds);
  });

  it.each([29, '29s', '1 fortnight', '', 'h', '-5h', '1.5h', '366d', 31_536_001])('refuses %s', (value) => {
    expect(() => readDuration(value, 31_536_000)).toThrow(/expires_in/);
  });

  it('holds other types to seven days', () => {
    expect(() => readDuration('8d', 604_800)).toThrow(/expires_in/);
  });
});
