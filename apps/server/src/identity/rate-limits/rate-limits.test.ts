import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSettableClock } from '../../ports/index.ts';
import { Refusal } from '../../refusal.ts';
import { testDatabase, testOrganisation } from '../../testing/test-database.ts';
import { countAtClient, lockClient } from './client-lock.ts';
import { clientNetwork } from './client-network.ts';
import { countAttempt, uncountAttempt } from './rate-window.ts';
import { admitUnfamiliar } from './sign-in-pace.ts';
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

const AT = { portalId: 'p', email: 'a@example.org', client: '203.0.113.7' };

describe('the lock of a client', () => {
  it('lets five of any burst look at the password', async () => {
    const tenant = (await testDatabase()).tenant(testOrganisation());
    const attempts = await Promise.all(Array.from({ length: 20 }, () => countAtClient(tenant, AT, NOW)));
    expect(attempts.filter((attempt) => attempt !== 'locked')).toHaveLength(5);
    expect(attempts.filter((attempt) => attempt === 'last')).toHaveLength(1);
  });

  it('doubles from 15 minutes to 24 hours, and starts over after a quiet day', async () => {
    const tenant = (await testDatabase()).tenant(testOrganisation());
    let now = NOW;
    const lockedMinutes = async () => {
      await countAtClient(tenant, AT, now);
      await lockClient(tenant, AT, now);
      const isLocked = async (minutes: number) => {
        const then = new Date(now.getTime() + minutes * 60_000 - 1);
        return (await countAtClient(tenant, AT, then)) === 'locked';
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

describe('the pace of unfamiliar clients', () => {
  it('bounds the guesses of a day, however many clients there are and however often they come', async () => {
    const tenant = (await testDatabase()).tenant(testOrganisation());
    const first = await Promise.all(Array.from({ length: 110 }, () => admitUnfamiliar(tenant, AT, NOW)));
    let admitted = first.filter(Boolean).length;
    expect(admitted).toBe(101);
    for (let minute = 1; minute < 24 * 60; minute += minute < 60 ? 1 : 10) {
      if (await admitUnfamiliar(tenant, AT, after(minute * 60))) admitted += 1;
    }
    const burst = await Promise.all(
      Array.from({ length: 20 }, () => admitUnfamiliar(tenant, AT, after(86_399))),
    );
    expect(admitted).toBeGreaterThan(150);
    expect(admitted).toBeLessThanOrEqual(200);
    expect(burst.filter(Boolean).length).toBeLessThanOrEqual(1);
    expect(await admitUnfamiliar(tenant, { ...AT, email: 'b@example.org' }, after(0))).toBe(true);
    expect(await admitUnfamiliar(tenant, AT, after(86_400))).toBe(true);
  });
});

describe('a client', () => {
  it('is an IPv4 address, or the network that one IPv6 line has', () => {
    expect(clientNetwork('203.0.113.7')).toBe('203.0.113.7');
    expect(clientNetwork('::FFFF:203.0.113.7')).toBe('203.0.113.7');
    expect(clientNetwork('2001:db8:1:ab12::1')).toBe('2001:db8:1:ab00:0:0:0:0/56');
    expect(clientNetwork('2001:db8:1:abff:ffff::1%eth0')).toBe(clientNetwork('2001:db8:1:ab00::'));
    expect(clientNetwork('2001:db8:1:ac00::1')).not.toBe(clientNetwork('2001:db8:1:ab00::1'));
    expect(clientNetwork('::1')).toBe(clientNetwork('::'));
    expect(clientNetwork('no address')).toBe('no address');
  });

  it('is the same for any two writings of a network, and another for any other network', () => {
    const group = fc.nat({ max: 0xffff }).map((value) => value.toString(16));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const full = groups.map((part) => part.padStart(4, '0')).join(':');
        const network = clientNetwork(full.toUpperCase());
        expect(network.endsWith('/56')).toBe(true);
        expect(clientNetwork(groups.join(':'))).toBe(network);
        expect(clientNetwork(`${full.slice(0, 17)}ff::`)).toBe(network);
        const [first = '', ...rest] = groups;
        const neighbour = (Number.parseInt(first, 16) ^ 1).toString(16);
        expect(clientNetwork([neighbour, ...rest].join(':'))).not.toBe(network);
      }),
      { numRuns: 200 },
    );
  });
});

describe('volume', () => {
  it('spends a bucket that fills over a minute, one per organisation and kind', () => {
    const clock = createSettableClock(NOW);
    const limit = new VolumeLimit(clock, { mutation: 60, search: 10, erp: 10 });
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
        const limit = new VolumeLimit(clock, { mutation: 20, search: 20, erp: 20 });
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
