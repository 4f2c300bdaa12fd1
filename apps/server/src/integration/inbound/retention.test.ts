import { expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { testDatabase, testOrganisation } from '../../testing/test-database.ts';
import { insertMonitoringRows, type MonitoringRow } from './monitoring-row.ts';
import { keepPartitions } from './retention.ts';

const INTEGRATION = '5f0c4c1e-7f9f-4a51-9c9e-0d2a4d8f7b10';

function row(completedAt: Date): MonitoringRow {
  return {
    integrationId: INTEGRATION,
    completedAt,
    eventId: 'evt',
    correlationId: undefined,
    useCaseId: undefined,
    eventType: 'UPDATE',
    objectType: 'x',
    syncType: 'entity',
    status: 'success',
    problem: undefined,
    durationMs: 1,
    receivedAt: completedAt,
  };
}

it('makes partitions ahead and drops those past their retention, with their rows and no others', async () => {
  const database = await testDatabase();
  const tenant = database.tenant(testOrganisation());
  const now = new Date();
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
  // As if the server had been running for a hundred days.
  for (const days of [100, 93, 86, 79]) await keepPartitions(database, daysAgo(days));
  await insertMonitoringRows(tenant, [row(daysAgo(99)), row(daysAgo(80)), row(daysAgo(400)), row(now)]);
  await keepPartitions(database, now);
  const left = await tenant.query<{ completed_at: Date; place: string }>(sql`
    select completed_at, tableoid::regclass::text as place from inbound_monitoring_event
     where org_id = ${tenant.org} order by completed_at`);
  expect(
    left.map(({ completed_at: at }) => Math.round((now.getTime() - at.getTime()) / 86_400_000) + 0),
  ).toEqual([80, 0]);
  for (const { place } of left) expect(place).toMatch(/_[0-9]{8}$/);
});
