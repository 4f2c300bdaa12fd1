import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { isDocument } from '../../entities/index.ts';
import { sql } from '../../storage/index.ts';
import { type TestServer, testServer } from '../../testing/test-server.ts';
import { type ErpFixture, erpFixtureIn, event, useCase } from '../testing/erp-fixture.ts';

const ID = { attribute: 'external_id', field: 'nr' };
const KEY = { attribute: 'customer_number', field: 'key' };
const USE_CASES = [
  useCase('set', 'contact', [ID, { attribute: 'last_name', field: 'value' }]),
  useCase('append', 'contact', [ID, { attribute: 'list', jsonataExpression: '{ "_append_all": [value] }' }]),
  useCase('rekey', 'contact', [ID, KEY]),
  useCase('by-key', 'contact', [KEY, { attribute: 'first_name', field: 'value' }], {
    unique_ids: ['customer_number'],
  }),
  useCase('delete', 'contact', [ID], { mode: 'delete' }),
  useCase('relate', 'billing_account', [
    { attribute: 'external_id', field: 'key' },
    {
      attribute: 'contacts',
      relations: {
        operation: '_append',
        items: [{ entity_schema: 'contact', unique_ids: [{ attribute: 'external_id', field: 'nr' }] }],
      },
    },
  ]),
];

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});

async function fixture(): Promise<ErpFixture> {
  return erpFixtureIn({ server, ...(await server.organisation()) }, USE_CASES);
}

/** Everything live in an organisation, without ids and times: relations name their targets by external id. */
async function state(erp: ErpFixture): Promise<string[]> {
  const rows = await erp.tenant.query<{ id: string; schema: string; doc: Record<string, unknown> }>(sql`
    select id, schema, doc from entity where org_id = ${erp.tenant.org} and deleted_at is null`);
  const names = new Map(rows.map(({ id, doc }) => [id, doc['external_id'] ?? doc['customer_number']]));
  const nameOf = (item: unknown) =>
    isDocument(item) ? (names.get(String(item['entity_id'])) ?? 'deleted') : item;
  return rows
    .map(({ schema, doc }) => {
      const members = Object.entries(doc).map(([name, value]) => [
        name,
        isDocument(value) && Array.isArray(value['$relation']) ? value['$relation'].map(nameOf) : value,
      ]);
      return JSON.stringify([schema, members.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))]);
    })
    .sort();
}

const anyEvent = fc.record({
  kind: fc.constantFrom('set', 'append', 'append', 'rekey', 'by-key', 'delete', 'relate'),
  nr: fc.constantFrom('1', '2', '3'),
  key: fc.constantFrom('k1', 'k2'),
  value: fc.integer({ min: 0, max: 9 }),
});

describe('events of one integration', () => {
  it('that are processed together have the effect of processing them one by one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { minLength: 5, maxLength: 25 }), async (list) => {
        const events = list.map(({ kind, ...payload }) => event(kind, payload));
        const [together, serially] = [await fixture(), await fixture()];
        await together.sync(events);
        for (const one of events) await serially.sync([one]);
        expect(await state(together)).toEqual(await state(serially));
        const outcomes = async (erp: ErpFixture) =>
          (await erp.monitoring())
            .map((row) => `${row['object_type']} ${row['status']} ${row['error_code']}`)
            .sort();
        expect(await outcomes(together)).toEqual(await outcomes(serially));
      }),
      { numRuns: 12 },
    );
  });
});

describe('events of several integrations at once', () => {
  it('end in one entity per identity, whether as stubs or as upserts', async () => {
    const organisation = { server, ...(await server.organisation()) };
    const erps = await Promise.all(Array.from({ length: 4 }, () => erpFixtureIn(organisation, USE_CASES)));
    const numbers = Array.from({ length: 15 }, (_, n) => `n${n}`);
    await Promise.all(
      erps.map((erp, index) =>
        erp.send(
          numbers.flatMap((nr) => [
            event('relate', { key: `account-${index}`, nr }),
            event('append', { nr, value: index }),
          ]),
        ),
      ),
    );
    for (const erp of erps) await erp.settle();
    const [erp] = erps;
    if (!erp) throw new Error('There are integrations');
    const found = await Promise.all(numbers.map((nr) => erp.find('contact', 'external_id', nr)));
    expect(found.map((entities) => entities.length)).toEqual(numbers.map(() => 1));
    for (const [entity] of found) {
      const list = entity?.doc['list'];
      expect(Array.isArray(list) ? [...list].sort() : list).toEqual([0, 1, 2, 3]);
    }
    for (const one of erps)
      expect((await one.monitoring()).filter((row) => String(row['status']) !== 'success')).toEqual([]);
  });
});
