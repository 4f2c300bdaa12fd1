import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarDay } from '../../access/index.ts';
import { addPeriod, judgeCadence } from './cadence.ts';
import { readEditRules } from './edit-rule.ts';
import { daysBetween, isFrozen } from './frozen-days.ts';
import { type EditFacts, firstFailedRule } from './judge-edit.ts';
import { isWithinLimits } from './relative-limits.ts';

const at = (text: string) => new Date(`2026-${text}:00.000Z`);
const cadence = (changesAllowed: number, period: number, periodType: 'days' | 'months', gracePeriod = 0) => ({
  changesAllowed,
  period,
  periodType,
  gracePeriod,
});

describe('cadence', () => {
  it('opens again exactly when the period is over', () => {
    const rule = cadence(1, 1, 'days');
    const history = [at('03-10T09:00')];
    expect(judgeCadence(rule, history, at('03-10T18:00'))).toEqual({
      isBlocked: true,
      nextAllowedAt: at('03-11T09:00'),
    });
    expect(judgeCadence(rule, history, new Date('2026-03-11T08:59:59.999Z')).isBlocked).toBe(true);
    expect(judgeCadence(rule, history, at('03-11T09:00'))).toEqual({ isBlocked: false });
  });

  it('takes changes within the grace period as corrections of the first', () => {
    const rule = cadence(2, 1, 'months', 1);
    const history = [at('03-05T09:00'), at('03-01T20:00'), at('03-01T10:00')];
    expect(judgeCadence(rule, history, at('03-06T08:00')).isBlocked).toBe(false);
    expect(judgeCadence(rule, history, at('03-10T00:00'))).toEqual({
      isBlocked: true,
      nextAllowedAt: at('04-01T10:00'),
    });
  });

  it('clamps months to their length, leap years included, and does not mind daylight saving', () => {
    expect(addPeriod(at('01-31T12:00'), 1, 'months')).toEqual(at('02-28T12:00'));
    expect(addPeriod(new Date('2028-01-31T12:00:00Z'), 1, 'months')).toEqual(
      new Date('2028-02-29T12:00:00Z'),
    );
    expect(addPeriod(new Date('2028-02-29T12:00:00Z'), 1, 'years')).toEqual(new Date('2029-02-28T12:00:00Z'));
    // The last Sundays of March and October have 23 and 25 hours in Berlin; a day of the rule has 24.
    expect(addPeriod(at('03-28T12:00'), 1, 'days')).toEqual(at('03-29T12:00'));
    expect(addPeriod(at('10-24T12:00'), 1, 'days')).toEqual(at('10-25T12:00'));
  });

  it('never lets more sessions than allowed begin within a period, whoever tries how often', () => {
    const rule = cadence(2, 3, 'days', 0);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }), (hours) => {
        const accepted: Date[] = [];
        let now = at('03-27T00:00').getTime();
        for (const pause of hours) {
          now += pause * 3_600_000;
          if (!judgeCadence(rule, accepted, new Date(now)).isBlocked) accepted.push(new Date(now));
        }
        const window = 3 * 86_400_000;
        const crowded = accepted.some(
          (first) =>
            accepted.filter((one) => one >= first && one.getTime() < first.getTime() + window).length > 2,
        );
        expect(crowded).toBe(false);
      }),
    );
  });
});

describe('relative limits', () => {
  const limits = (allowedIncrement?: string, allowedDecrement?: string) => ({
    allowedIncrement,
    allowedDecrement,
  });

  it.each([
    [limits('10%', '10%'), 10_050, 11_055, true],
    [limits('10%', '10%'), 10_050, 11_056, false],
    [limits('10%', '10%'), 10_050, 9_045, true],
    [limits('10%', '10%'), 10_050, 9_044, false],
    [limits('10%'), 3_333, 3_666, true],
    [limits('10%'), 3_333, 3_667, false],
    [limits('25', '0%'), 10_000, 12_500, true],
    [limits('25', '0%'), 10_000, 12_501, false],
    [limits('25', '0%'), 10_000, 9_999, false],
    [limits('2,5'), 10_000, 10_250, true],
    [limits('2,5'), 10_000, 10_251, false],
    [limits('10%', '10%'), -1_000, -1_100, true],
    [limits('10%', '10%'), -1_000, -1_101, false],
    [limits('10%', '10%'), 0, 5_000, true],
    [limits('10%'), undefined, 5_000, true],
    [limits('10%'), 'unknown', 5_000, true],
    [limits(undefined, '10%'), 1_000, 999_999, true],
  ])('%j lets %s become %s: %s', (rule, base, next, allowed) => {
    expect(isWithinLimits(rule, base, next, 2)).toBe(allowed);
  });

  it('is exact where floating point is not', () => {
    expect(isWithinLimits(limits('0.1'), 0.2, 0.3, 0)).toBe(true);
    expect(isWithinLimits(limits('0.1'), '0,2', '0,300000001', 0)).toBe(false);
  });
});

describe('days before a date', () => {
  it('freezes the last days before the next unpaid instalment and looks at the following one afterwards', () => {
    const dates = { unpaid: ['2026-07-15', '2026-06-15'] };
    expect(isFrozen(10, dates, '2026-06-04')).toBe(false);
    expect(isFrozen(10, dates, '2026-06-05')).toBe(true);
    expect(isFrozen(10, dates, '2026-06-15')).toBe(true);
    expect(isFrozen(10, dates, '2026-06-16')).toBe(false);
  });

  it('takes the next due day of the month, clamped, when nothing is unpaid', () => {
    expect(isFrozen(2, { unpaid: [], billingDueDay: 31 }, '2026-02-26')).toBe(true);
    expect(isFrozen(2, { unpaid: [], billingDueDay: 31 }, '2026-02-25')).toBe(false);
    expect(isFrozen(3, { unpaid: [], billingDueDay: 1 }, '2026-12-29')).toBe(true);
    expect(isFrozen(3, { unpaid: [] }, '2026-12-29')).toBe(false);
  });

  it('counts calendar days across daylight saving, in the time zone asked for', () => {
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2);
    expect(daysBetween('2026-10-24', '2026-10-26')).toBe(2);
    const night = new Date('2026-03-28T23:30:00Z');
    expect([calendarDay(night), calendarDay(night, 'UTC'), calendarDay(night, 'America/New_York')]).toEqual([
      '2026-03-29',
      '2026-03-28',
      '2026-03-28',
    ]);
  });
});

describe('rules of a portal', () => {
  const facts = (more: Partial<EditFacts>): EditFacts => ({
    now: at('05-07T08:00'),
    today: '2026-05-07',
    history: async () => [],
    dueDates: async () => ({ unpaid: [] }),
    openDebits: async () => [],
    ...more,
  });
  const rules = readEditRules([
    { slug: 'contract', attribute: 'a', rule_type: 'overdue_payments', grace_period: 5 },
    { slug: 'contract', attribute: 'b', rule_type: 'cadence', changes_allowed: 0 },
    { slug: 'contract', attribute: 'a', rule_type: 'nonsense' },
    'nonsense',
  ]);

  it('blocks while money is overdue for longer than the grace, and names the first rule that fails', async () => {
    const edit = (attribute: string) => [{ attribute, values: undefined }];
    const overdue = facts({ openDebits: async () => ['2026-05-01'] });
    expect(rules).toHaveLength(2);
    expect((await firstFailedRule(rules, edit('a'), overdue))?.rule.type).toBe('overdue_payments');
    expect(
      await firstFailedRule(rules, edit('a'), facts({ openDebits: async () => ['2026-05-02'] })),
    ).toBeUndefined();
    expect(await firstFailedRule(rules, edit('other'), overdue)).toBeUndefined();
    expect((await firstFailedRule(rules, [...edit('b'), ...edit('a')], overdue))?.rule.attribute).toBe('a');
    expect((await firstFailedRule(rules, edit('b'), overdue))?.rule.attribute).toBe('b');
  });
});
