import { beforeAll, describe, expect, it } from 'vitest';
import { type ErpFixture, erpFixture, event, useCase } from '../testing/erp-fixture.ts';

const ITEM = [
  { attribute: 'external_id', field: 'nr' },
  { attribute: 'amount', field: 'amount' },
  { attribute: 'year', field: '$$.year' },
  {
    attribute: 'billing_account',
    relations: {
      operation: '_set',
      items: [
        { entity_schema: 'billing_account', unique_ids: [{ attribute: 'external_id', field: '$$.account' }] },
      ],
    },
  },
];
const BY_RELATION = {
  jsonataExpression: 'items',
  scope: {
    scope_mode: 'relations',
    schema: 'billing_account',
    unique_ids: [{ attribute: 'external_id', field: 'account' }],
  },
};
const BY_QUERY = {
  jsonataExpression: 'items',
  scope: { scope_mode: 'query', query: [{ attribute: 'year', field: 'year' }] },
};

let erp: ErpFixture;
beforeAll(async () => {
  erp = await erpFixture([
    useCase('related', 'billing_event', ITEM, { ...BY_RELATION, mode: 'upsert-prune-scope-delete' }),
    useCase('queried', 'billing_event', ITEM, { ...BY_QUERY, mode: 'upsert-prune-scope-purge' }),
  ]);
});

const statement = (account: string, ...numbers: (string | null)[]) => ({
  account,
  items: numbers.map((nr, index) => ({ nr, amount: index })),
});

async function live(...numbers: string[]): Promise<string[]> {
  const found = await Promise.all(numbers.map((nr) => erp.find('billing_event', 'external_id', nr)));
  return numbers.filter((_, index) => found[index]?.length === 1);
}

describe('pruning by relation', () => {
  it('removes what the scope entity has and the event does not name, and nothing else', async () => {
    await erp.sync([
      event('related', statement('p1', 'a1', 'a2', 'a3')),
      event('related', statement('p2', 'b1')),
    ]);
    const [result] = await erp.sync([event('related', statement('p1', 'a2', 'a4'))]);
    expect(await erp.monitoring({ event_id: result?.['event_id'] })).toMatchObject([
      { status: 'success', error_code: 'PRUNE_SCOPE_COMPLETED', error_message: '2 pruned' },
    ]);
    expect(await live('a1', 'a2', 'a3', 'a4', 'b1')).toEqual(['a2', 'a4', 'b1']);
  });

  it('removes everything in scope when there are no items, and nothing when the scope is unknown', async () => {
    await erp.sync([event('related', statement('p3', 'c1', 'c2'))]);
    await erp.sync([event('related', { account: 'nobody', items: [] })]);
    expect(await live('c1', 'c2')).toEqual(['c1', 'c2']);
    await erp.sync([event('related', { account: 'p3' })]);
    expect(await live('c1', 'c2')).toEqual([]);
  });

  it('is withheld when an item is unusable, an update fails or a scope value is missing', async () => {
    await erp.sync([event('related', statement('p4', 'd1', 'd2'))]);
    const twin = 'd-twin';
    for (const amount of [1, 2])
      await erp.request('POST', '/v1/entity/billing_event', { external_id: twin, amount });
    const results = await erp.sync([
      event('related', statement('p4', 'd1', null)),
      event('related', statement('p4', 'd1', twin)),
      event('related', { items: [{ nr: 'd1' }] }),
    ]);
    expect(await live('d1', 'd2')).toEqual(['d1', 'd2']);
    const rows = await Promise.all(results.map(({ event_id }) => erp.monitoring({ event_id })));
    expect(rows.map(([row]) => String(row?.['status']))).toEqual(['error', 'error', 'warning']);
  });
});

describe('pruning by query', () => {
  it('purges what has the values and was not named, in batches larger than a few', async () => {
    const numbers = Array.from({ length: 40 }, (_, n) => `q${n}`);
    await erp.sync([event('queried', { ...statement('p5', ...numbers), year: 2024 })]);
    await erp.sync([event('queried', { ...statement('p5', 'q40'), year: 2025 })]);
    await erp.sync([event('queried', { ...statement('p5', 'q3', 'q7'), year: '2024' })]);
    expect(await live(...numbers, 'q40')).toEqual(['q3', 'q7', 'q40']);
  });
});
