import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { testDatabase, testOrganisation } from '../../testing/test-database.ts';
import { type GroupSearch, groupEntities } from './group-entities.ts';
import { insertEntities, type TestEntity } from './testing/insert-entities.ts';
import { ALL } from './tree.ts';

let minute = 0;
function entity(doc: TestEntity['doc'], title = ''): TestEntity {
  minute += 1;
  return {
    id: randomUUID(),
    schema: 'contract',
    title,
    doc,
    createdAt: new Date(Date.UTC(2024, 0, 1, 0, minute)),
  };
}

async function grouped(entities: readonly TestEntity[], search: Partial<GroupSearch> & { groupBy: string }) {
  const tenant = (await testDatabase()).tenant(testOrganisation());
  await insertEntities(tenant, entities);
  const page = await groupEntities(tenant, {
    tree: ALL,
    descending: false,
    groups: 10,
    from: 0,
    size: 10,
    sort: [{ field: '_created_at', descending: true }],
    ...search,
  });
  return {
    hasMore: page.hasMore,
    groups: page.groups.map((group) => [group.key, group.count, group.entities.map((one) => one.doc['n'])]),
  };
}

const contracts = [
  entity({ n: 1, status: 'active' }),
  entity({ n: 2, status: 'ended' }),
  entity({ n: 3, status: 'active' }),
  entity({ n: 4 }),
];

describe('grouping', () => {
  it('orders groups by key, the one without a value last', async () => {
    expect(await grouped(contracts, { groupBy: 'status' })).toEqual({
      hasMore: false,
      groups: [
        ['active', 2, [3, 1]],
        ['ended', 1, [2]],
        ['', 1, [4]],
      ],
    });
    const again = contracts.map((one) => ({ ...one, id: randomUUID() }));
    expect(
      (await grouped(again, { groupBy: 'status', descending: true })).groups.map(([key]) => key),
    ).toEqual(['ended', 'active', '']);
  });

  it('pages groups with the last key, and entities inside each group', async () => {
    const fresh = () => contracts.map((one) => ({ ...one, id: randomUUID() }));
    expect(await grouped(fresh(), { groupBy: 'status', groups: 1, size: 1 })).toEqual({
      hasMore: true,
      groups: [['active', 2, [3]]],
    });
    expect(await grouped(fresh(), { groupBy: 'status', groups: 1, after: 'active' })).toEqual({
      hasMore: true,
      groups: [['ended', 1, [2]]],
    });
    expect(await grouped(fresh(), { groupBy: 'status', after: 'ended' })).toEqual({
      hasMore: false,
      groups: [['', 1, [4]]],
    });
    expect(await grouped(fresh(), { groupBy: 'status', after: '' })).toEqual({ hasMore: false, groups: [] });
    expect((await grouped(fresh(), { groupBy: 'status', from: 1, size: 1 })).groups[0]).toEqual([
      'active',
      2,
      [1],
    ]);
    expect((await grouped(fresh(), { groupBy: 'status', size: 0 })).groups[0]).toEqual(['active', 2, []]);
  });

  it('groups by what every entity has', async () => {
    const fresh = () => [entity({ n: 1 }, 'Ada'), entity({ n: 2 }, 'Kim')];
    expect((await grouped(fresh(), { groupBy: '_title' })).groups).toEqual([
      ['Ada', 1, [1]],
      ['Kim', 1, [2]],
    ]);
    expect((await grouped(fresh(), { groupBy: '_schema' })).groups).toEqual([['contract', 2, [2, 1]]]);
    expect((await grouped(fresh(), { groupBy: '_created_at' })).groups).toHaveLength(2);
    expect((await grouped(fresh(), { groupBy: '_id' })).groups).toHaveLength(2);
  });

  it('groups by a field of a related entity', async () => {
    const customer = entity({ n: 'customer' }, 'Jane Doe');
    const related = [
      entity({ n: 1, customer: { $relation: [{ entity_id: customer.id }] } }),
      entity({ n: 2 }),
    ];
    const answer = await grouped([customer, ...related], {
      groupBy: 'customer._title',
      followsRelation: true,
      scope: { ids: related.map(({ id }) => id) },
    });
    expect(answer.groups).toEqual([
      ['Jane Doe', 1, [1]],
      ['', 1, [2]],
    ]);
  });
});
