import { beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../../refusal.ts';
import { meteringCaller } from '../testing/metering-caller.ts';
import { type PortalCustomer, portalCustomer, relatedTo } from '../testing/portal-customer.ts';
import type {
  CounterLimits,
  PlausibilityHook,
  ReadingQuestion,
  ReadingVerdict,
} from './plausibility-hook.ts';

let customer: PortalCustomer;

beforeAll(async () => {
  customer = await portalCustomer();
});

/** Submits a reading that a third party is asked about; answers the status it is stored with, or why it is refused. */
async function submit(hook: Partial<PlausibilityHook>, value: number, meter: string, insists = false) {
  const caller = meteringCaller(customer, { hook: { modeOf: async () => 'check', ...hook } });
  try {
    return (await caller.submit({ meter_id: meter, value }, insists)).status;
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, ...error.details };
    throw error;
  }
}

async function installMeter(...counters: readonly object[]) {
  const contract = await customer.create('contract', { customer: relatedTo(customer.contactId) });
  const meter = await customer.create('meter', { contract: relatedTo(contract) });
  const ids: string[] = [];
  for (const counter of counters.length > 0 ? counters : [{ direction: 'feed-out', digits: 5 }]) {
    ids.push(await customer.create('meter_counter', { meter: relatedTo(meter), ...counter }));
  }
  return { meter, counters: ids };
}

const says = (verdict: ReadingVerdict) => ({ check: async () => verdict });

describe('a reading that a third party judges', () => {
  it('is asked about with meter, counter and values', async () => {
    const { meter, counters } = await installMeter();
    let asked: ReadingQuestion | undefined;
    const check = async (question: ReadingQuestion) => {
      asked = question;
      return { isPlausible: true };
    };
    expect(await submit({ check }, 17, meter)).toBe('valid');
    expect(asked).toMatchObject({
      meter: { id: meter },
      counter: { id: counters[0] },
      reading: { meter_id: meter, counter_id: counters[0], value: 17, direction: 'feed-out', source: 'ECP' },
    });
  });

  it('is refused with limits: those named, else the previous value and what the counter can show', async () => {
    const { meter } = await installMeter();
    const refused = (lower_limit: number, upper_limit: number) => ({
      ...{ status: 400, reason: 'plausibility_check_failed', members: { lower_limit, upper_limit } },
    });
    expect(await submit(says({ isPlausible: false, lower: 5, upper: 9 }), 17, meter)).toEqual(refused(5, 9));
    expect(await submit(says({ isPlausible: false }), 17, meter)).toEqual(refused(0, 99_999));
    expect(await submit(says({ isPlausible: true }), 10, meter)).toBe('valid');
    customer.server.clock.advance(60_000);
    expect(await submit(says({ isPlausible: false }), 17, meter)).toEqual(refused(10, 99_999));
  });

  it('is stored as implausible when the customer insists, and is no neighbour then', async () => {
    const { meter } = await installMeter();
    expect(await submit(says({ isPlausible: false }), 90_000, meter, true)).toBe('implausible');
    customer.server.clock.advance(60_000);
    expect(await submit(says({ isPlausible: true }), 12, meter, true)).toBe('valid');
  });

  it('waits for validation when the third party cannot be asked', async () => {
    const { meter } = await installMeter();
    const check = async () => {
      throw new Refusal(500, 'UPSTREAM_TIMEOUT', 'No answer', { reason: 'UPSTREAM_TIMEOUT' });
    };
    expect(await submit({ check }, 17, meter)).toBe('in-validation');
  });

  it('is compared with ranges where the third party names ranges', async () => {
    const { meter, counters } = await installMeter();
    const limits = async () => [{ counterId: counters[0] ?? '', min: 10, max: null }];
    const hook: Partial<PlausibilityHook> = { modeOf: async () => 'range', limits };
    expect(await submit(hook, 9, meter)).toMatchObject({ members: { lower_limit: 10, upper_limit: 99_999 } });
    expect(await submit(hook, 10, meter)).toBe('valid');
  });
});

describe('allowed ranges', () => {
  const ask = async (hook: Partial<PlausibilityHook>, meter: string) =>
    meteringCaller(customer, { hook }).allowedRange(meter);

  it('are those of the third party, tightened by what we know, for every counter', async () => {
    const { meter, counters } = await installMeter(
      { direction: 'feed-out', digits: 3 },
      { direction: 'feed-in' },
    );
    const [first = '', second = ''] = counters;
    const named: CounterLimits[] = [{ counterId: first, min: 5, max: 5_000 }];
    const answer = await ask({ modeOf: async () => 'range', limits: async () => named }, meter);
    expect(answer).toEqual({
      data: expect.arrayContaining([
        { meter_counter_id: first, min_value: 5, max_value: 999 },
        { meter_counter_id: second, min_value: null, max_value: null },
      ]),
    });
  });

  it('need a hook that names them, and a meter in reach', async () => {
    const { meter } = await installMeter();
    await expect(ask({ modeOf: async () => undefined }, meter)).rejects.toMatchObject({ status: 400 });
    await expect(ask({ modeOf: async () => 'check' }, meter)).rejects.toMatchObject({ status: 400 });
    const foreign = await customer.create('meter', {});
    await expect(ask({ modeOf: async () => 'range' }, foreign)).rejects.toMatchObject({ status: 403 });
    const path = `/v2/portal/metering/reading/allowed-range/${meter}`;
    expect((await customer.ask('GET', path)).status).toBe(400);
    expect((await customer.server.request('GET', path)).status).toBe(401);
    expect((await customer.server.request('GET', path, { token: customer.admin })).status).toBe(401);
  });
});
