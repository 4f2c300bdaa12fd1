import { expect, it } from 'vitest';
import { testDatabase } from '../testing/test-database.ts';
import { findEntities } from './reading/read-entity.ts';
import { emptyRecycleBin } from './recycle-bin.ts';
import { API_WRITE, graphFixture } from './testing/graph-fixture.ts';

it('the recycle bin keeps entities for 30 days', async () => {
  const { tenant, graph, clock, create } = await graphFixture();
  // Far in the past, so that nothing of other tests expires.
  clock.set(new Date('2001-01-01T00:00:00.000Z'));
  const [old, young, live] = [
    await create('contact', {}),
    await create('contact', {}),
    await create('contact', {}),
  ];
  const bin = (id: string) => tenant.transaction((tx) => graph.softDelete(tx, { id }, API_WRITE));
  await bin(old.id);
  clock.advance(10 * 86_400_000);
  await bin(young.id);
  clock.advance(20 * 86_400_000 + 1);
  expect(await emptyRecycleBin(await testDatabase(), graph, clock.now(), 100)).toBe(1);
  const left = await findEntities(tenant, [old.id, young.id, live.id], { includeDeleted: true });
  expect(left.map(({ id }) => id).sort()).toEqual([young.id, live.id].sort());
  expect(await emptyRecycleBin(await testDatabase(), graph, clock.now(), 100)).toBe(0);
});
