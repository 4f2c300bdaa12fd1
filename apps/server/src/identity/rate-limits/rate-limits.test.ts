import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSettableClock } from '../../ports/index.ts';
import { Refusal } from '../../refusal.ts';
import { testDatabase, testOrganisation } from '../../testing/test-database.ts';
import { countAttempt, uncountAttempt } from './rate-window.ts';
import { beginSignInAttempt, lockSignIn } from './sign-in-lock.ts';
import { VolumeLimit } from './volume-limit.ts';

const NOW = new Date('2027-03-10T09:00:00.000Z');
const LIMIT = { surface: 'test', limit: 3, seconds: 60 };

function after(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1000);
}

describe('windows', () => {
  it('refuse what exceeds the limit, with the seconds until they end', async () => {
    const tenant = (await testDatabase()).tenant(testOrganisation());
    for (let attempt = 0; attempt < 3; attempt += 1) await countAttempt(tenant, LIMIT, 'a', NOW);
    const refusal = await countAttempt(tenant, LIMIT, 'a', after(20)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ status: 429, details: { retryAfter: 40 } });
    await countAttempt(tenant, LIMIT, 'b', NOW);
    await countAttempt(tenant, LIMIT, 'a', after(60));
  });

  it('let exactly the limit through, however many come at once', async () => {
    const tenant = (await testDatabase()).tenant(testOrganisation());
    const attempts = Array.from({ length: 20 }, () => countAttempt(tenant, LIMIT, 'a', NOW));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  it('give an attempt back', async () => {
    const tenant = (await testDatabase()).tenant(testOrganisation());
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await countAttempt(tenant, LIMIT, 'a', NOW);
      await uncountAttempt(tenant, LIMIT, 'a');
    }
    await expect(countAttempt(tenant, LIMIT, 'a', NOW)).resolves.toBeUndefined();
  });
});

describe('the sign-in lock', () => {
  it('lets five of any burst look at the password', async () => {
    const tenant = (await testDatabase()).tenant(testOrganisation());
    const attempts = await Promise.all(
      Array.from({ length: 20 }, () => beginSignInAttempt(tenant, 'p', 'a@example.org', NOW)),
    );
    expect(attempts.filter((attempt) => attempt !== 'locked')).toHaveLength(5);
    expect(attempts.filter((attempt) => attempt === 'last')).toHaveLength(1);
  });

  it('doubles from 15 minutes to 24 hours, and starts over after a quiet day', async () => {
    const tenant = (await testDatabase()).tenant(testOrganisation());
    let now = NOW;
    const lockedMinutes = async () => {
      await beginSignInAttempt(tenant, 'p', 'a@example.org', now);
      await lockSignIn(tenant, 'p', 'a@example.org', now);
      const isLocked = async (minutes: number) => {
        const then = new Date(now.getTime() + minutes * 60_000 - 1);
        return (await beginSignInAttempt(tenant, 'p', 'a@example.org', then)) === 'locked';
      };
      const lengths = [15, 30, 60, 120, 240, 480, 960, 1_440];
      const locked = [];
      for (const minutes of lengths) if (await isLocked(minutes)) locked.push(minutes);
      const longest = locked.at(-1) ?? 0;
      now = new Date(now.getTime() + longest * 60_000 + 1);
      return longest;
    };
    const lengths = [];
    for (let lock = 0; lock < 9; lock += 1) lengths.push(await lockedMinutes());
    expect(lengths).toEqual([15, 30, 60, 120, 240, 480, 960, 1_440, 1_440]);
    now = new Date(now.getTime() + 25 * 3_600_000);
    expect(await lockedMinutes()).toBe(15);
  });
});

describe('volume', () => {
  it('spends a bucket that fills over a minute, one per organisation and kind', () => {
    const clock = createSettableClock(NOW);
    const limit = new VolumeLimit(clock, { mutation: 60, search: 10 });
    limit.spend('1', 'mutation', 60);
    expect(() => limit.spend('1', 'mutation')).toThrow(/Too many/);
    expect(() => limit.spend('2', 'mutation')).not.toThrow();
    expect(() => limit.spend('1', 'search')).not.toThrow();
    clock.advance(1_000);
    expect(() => limit.spend('1', 'mutation')).not.toThrow();
    expect(() => limit.spend('1', 'mutation')).toThrow(/Too many/);
  });

  it('never lets more than two buckets through in a minute', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3_000 }), { maxLength: 200 }), (pauses) => {
        const clock = createSettableClock(NOW);
        const limit = new VolumeLimit(clock, { mutation: 20, search: 20 });
        const passed: number[] = [];
        for (const pause of pauses) {
          clock.advance(pause);
          try {
            limit.spend('1', 'mutation');
            passed.push(clock.now().getTime());
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
          }
        }
        for (const at of passed) {
          expect(passed.filter((other) => other >= at && other < at + 60_000).length).toBeLessThanOrEqual(40);
        }
      }),
      { numRuns: 50 },
    );
  });
});
