import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Entity } from '../entities/index.ts';
import { sql } from '../storage/index.ts';
import { type ErpFixture, erpFixture } from './testing/erp-fixture.ts';

const folder = new URL('../../../../demo/erp/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

interface DemoEvent {
  readonly deduplication_id: string;
  readonly [member: string]: unknown;
}

const batches: readonly { readonly correlation_id: string; readonly events: readonly DemoEvent[] }[] =
  read('events.json').batches;
const expected = read('expected.json');
const cases: readonly { event: object; accept: string; outcome: string; why: string }[] =
  read('edge-events.json').cases;

describe('the demo utility', () => {
  let erp: ErpFixture;

  beforeAll(async () => {
    erp = await erpFixture(read('integration.json').use_cases);
    for (const { events, correlation_id } of batches) {
      const results = await erp.send(events, { correlation_id });
      expect(new Set(results.map((result) => String(result['status'])))).toEqual(new Set(['success']));
    }
    await erp.settle();
  }, 120_000);

  const counts = async (deleted: boolean) => {
    const rows = await erp.tenant.query<{ schema: string; count: number }>(sql`
      select schema, count(*)::integer as count from entity
       where org_id = ${erp.tenant.org} and (deleted_at is not null) = ${deleted} group by schema`);
    return Object.fromEntries(rows.map(({ schema, count }) => [schema, count]));
  };
  const one = async (schema: string, attribute: string, value: string): Promise<Entity> => {
    const [entity, ...others] = await erp.find(schema, attribute, value);
    if (!entity || others.length > 0) throw new Error(`${schema} ${value}: ${others.length + 1} matches`);
    return entity;
  };
  /** Everything a second run could leave behind. */
  const traces = () =>
    erp.tenant.query(sql`
      select (select count(*) from entity where org_id = ${erp.tenant.org}) as entities,
             (select max(updated_at) from entity where org_id = ${erp.tenant.org}) as updated,
             (select count(*) from activity where org_id = ${erp.tenant.org}) as activities,
             (select max(updated_at) from reading where org_id = ${erp.tenant.org}) as read`);

  it('has as many entities as the ERP has told about, and one in the recycle bin', async () => {
    const rows = await erp.monitoring({ sync_type: 'entity' });
    expect(rows.filter((row) => String(row['status']) !== 'success')).toEqual([]);
    const sent = batches.flatMap(({ events }) => events);
    expect(rows).toHaveLength(sent.filter((event) => event['use_case_slug'] !== 'meter-readings').length);
    expect(await counts(false)).toMatchObject(expected.entities);
    expect(await counts(true)).toEqual(expected.soft_deleted);
  });

  it('has every reading at its counter, on its German day', async () => {
    const rows = await erp.monitoring({ sync_type: 'meter_reading' });
    expect(rows.filter((row) => String(row['status']) !== 'success')).toEqual([]);
    const readings = await erp.tenant.query<{
      counter: string;
      day: string;
      value: string;
      external_id: string;
    }>(sql`
      select c.doc->>'external_id' as counter, to_char(r.timestamp at time zone 'Europe/Berlin', 'YYYY-MM-DD') as day,
             r.value::float8 as value, r.external_id
        from reading r join entity c on c.org_id = r.org_id and c.id = r.counter_id
       where r.org_id = ${erp.tenant.org} order by r.timestamp`);
    expect(readings).toHaveLength(expected.readings);
    for (const { contracts } of expected.samples) {
      for (const { meters } of contracts) {
        for (const counter of meters.flatMap((meter: { counters: object[] }) => meter.counters)) {
          const own = readings.filter((reading) => reading.counter === counter.external_id);
          expect(own.map(({ day, value }) => [day, Number(value)])).toEqual(counter.readings);
        }
      }
    }
    const { external_id: id, value } = expected.changes.readingCorrected;
    expect(
      readings.filter((reading) => reading.external_id === id).map((reading) => Number(reading.value)),
    ).toEqual([value]);
  });

  it('has filled every stub', async () => {
    const stubs = await erp.tenant.query(sql`
      select schema, title from entity e where org_id = ${erp.tenant.org}
         and (select count(*) from jsonb_object_keys(e.doc) k where k not like '\\_%') < 2`);
    expect(stubs).toEqual([]);
  });

  it('shows the changes of the last batch', async () => {
    const { renamed, moved, newIban, terminated } = expected.changes;
    expect((await one('contact', 'customer_number', renamed.customer_number)).doc).toMatchObject({
      last_name: renamed.last_name,
      email: [{ email: renamed.email }],
    });
    expect((await one('contact', 'customer_number', moved.customer_number)).doc['address']).toMatchObject([
      { street: moved.street, street_number: moved.street_number },
    ]);
    const account = await one('billing_account', 'billing_account_number', newIban.billing_account_number);
    expect(JSON.stringify(account.doc['payment_method'] ?? account.doc)).toContain(newIban.iban);
    const contract = await one('contract', 'contract_number', terminated.contract_number);
    expect(String(contract.doc['termination_date'] ?? contract.doc['end_date'])).toContain(
      terminated.end_date,
    );
  });

  it('has every sample customer in full', async () => {
    for (const sample of expected.samples) {
      expect((await one(sample.schema, 'customer_number', sample.customer_number)).title).toBe(sample.title);
      const account = await one('billing_account', 'billing_account_number', sample.billing_account_number);
      const events = await erp.find('billing_event', 'billing_account_number', sample.billing_account_number);
      expect(account.doc['balance']).toBe(sample.balance);
      expect(events.length === 0 || events.length <= sample.billing_events).toBe(true);
      for (const contract of sample.contracts) {
        const { doc } = await one('contract', 'contract_number', contract.contract_number);
        expect(doc).toMatchObject({
          branch: contract.branch,
          status: contract.status,
          installment_amount: contract.installment_amount,
        });
        for (const meter of contract.meters) {
          const stored = await one('meter', 'meter_number', meter.meter_number);
          expect(stored.doc['ma_lo_id']).toBe(meter.ma_lo_id);
          expect(JSON.stringify(doc['meters'] ?? doc)).toContain(stored.id);
          for (const counter of meter.counters) {
            expect((await one('meter_counter', 'external_id', counter.external_id)).doc['obis_number']).toBe(
              counter.obis_number,
            );
          }
        }
      }
    }
  });

  it('is told the same again and writes nothing at all', async () => {
    const again: readonly string[] = expected.second_run_events;
    const all = new Map(
      batches.flatMap(({ events }) => events).map((event) => [event.deduplication_id, event]),
    );
    const before = await traces();
    erp.server.clock.advance(60_000);
    const repeated = again.flatMap((id) => {
      const event = all.get(id);
      return event ? [{ ...event, deduplication_id: `${id}-again` }] : [];
    });
    expect(repeated).toHaveLength(again.length);
    const started = erp.server.clock.now().toISOString();
    for (let at = 0; at < repeated.length; at += 100) await erp.send(repeated.slice(at, at + 100));
    await erp.settle();
    const rows = await erp.monitoring({ from_date: started });
    expect(rows.length).toBeGreaterThan(150);
    expect(rows.filter((row) => String(row['status']) !== 'success')).toEqual([]);
    expect(await traces()).toEqual(before);
  });

  it.each(cases)('edge: $why', async ({ event, accept, outcome }) => {
    const [result] = await erp.sync([event]);
    expect(result).toMatchObject({ status: accept });
    const rows = await erp.monitoring({ event_id: result?.['event_id'] });
    expect(rows[0]).toMatchObject({ status: outcome });
  });
});
