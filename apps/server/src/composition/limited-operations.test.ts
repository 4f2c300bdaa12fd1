import { expect, it } from 'vitest';
import { VolumeLimit } from '../identity/index.ts';
import { createSettableClock } from '../ports/index.ts';
import { limitedOperations } from './limited-operations.ts';

it('counts writes and searches per organisation and minute, and leaves reading alone', async () => {
  const clock = createSettableClock(new Date('2026-03-01T12:00:00Z'));
  const limit = new VolumeLimit(clock, { mutation: 2, search: 1 });
  const operations = limitedOperations(
    {
      createEntity: async () => 'created',
      searchEntities: async () => 'found',
      getEntityV2: async () => 'read',
    },
    limit,
  );
  const call = (operationId: 'createEntity' | 'searchEntities' | 'getEntityV2', org: string) =>
    Promise.resolve().then(() =>
      Reflect.apply(operations[operationId] ?? (() => undefined), undefined, [{ tenant: { org } }]),
    );

  expect(await call('createEntity', 'a')).toBe('created');
  expect(await call('createEntity', 'a')).toBe('created');
  await expect(call('createEntity', 'a')).rejects.toMatchObject({ status: 429, details: { retryAfter: 30 } });
  expect(await call('createEntity', 'b')).toBe('created');
  expect(await call('searchEntities', 'a')).toBe('found');
  await expect(call('searchEntities', 'a')).rejects.toMatchObject({ status: 429 });
  expect(await call('getEntityV2', 'a')).toBe('read');
  clock.set(new Date('2026-03-01T12:00:30Z'));
  expect(await call('createEntity', 'a')).toBe('created');
});
