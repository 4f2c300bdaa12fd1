import { expect, it } from 'vitest';
import { VolumeLimit } from '../identity/index.ts';
import { createSettableClock } from '../ports/index.ts';
import { limitedEntityOperations, limitedErpOperations } from './limited-operations.ts';

it('counts writes and searches per organisation and minute, and leaves reading alone', async () => {
  const clock = createSettableClock(new Date('2026-03-01T12:00:00Z'));
  const limit = new VolumeLimit(clock, { mutation: 2, search: 1, erp: 1_000 });
  const operations = limitedEntityOperations(
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

it('counts every request of the ERP Integration API, a thousand per organisation and minute', async () => {
  const clock = createSettableClock(new Date('2026-03-01T12:00:00Z'));
  const operations = limitedErpOperations(
    { listIntegrations: async () => 'listed', getIntegration: async () => 'read' },
    new VolumeLimit(clock),
  );
  const call = (operationId: 'listIntegrations' | 'getIntegration', org: string) =>
    Promise.resolve().then(() =>
      Reflect.apply(operations[operationId] ?? (() => undefined), undefined, [{ tenant: { org } }]),
    );
  for (let request = 0; request < 500; request += 1) {
    expect(await call('listIntegrations', 'a')).toBe('listed');
    expect(await call('getIntegration', 'a')).toBe('read');
  }
  await expect(call('getIntegration', 'a')).rejects.toMatchObject({
    status: 429,
    details: { retryAfter: 0.06 },
  });
  expect(await call('getIntegration', 'b')).toBe('read');
});
