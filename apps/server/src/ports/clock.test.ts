import { describe, expect, it } from 'vitest';
import { createSettableClock, systemClock } from './clock.ts';

describe('clocks', () => {
  it('the settable one stands still until it is moved, and cannot be moved through its answers', () => {
    const start = new Date('2026-03-29T00:59:59.500Z');
    const clock = createSettableClock(start);
    start.setTime(0);
    clock.now().setTime(0);
    expect(clock.now()).toEqual(new Date('2026-03-29T00:59:59.500Z'));
    clock.advance(500);
    expect(clock.now()).toEqual(new Date('2026-03-29T01:00:00Z'));
    clock.set(new Date('2020-01-01T00:00:00Z'));
    expect(clock.now()).toEqual(new Date('2020-01-01T00:00:00Z'));
  });

  it('the one of the system shows the time of the machine', () => {
    const before = Date.now();
    const shown = systemClock.now().getTime();
    expect(shown).toBeGreaterThanOrEqual(before);
    expect(shown).toBeLessThanOrEqual(Date.now());
  });
});
