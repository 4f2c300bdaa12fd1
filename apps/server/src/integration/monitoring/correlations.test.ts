import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { sql, type Tenant } from '../../storage/index.ts';
import { testDatabase, testOrganisation } from '../../testing/test-database.ts';
import { correlations } from './correlations.ts';

const CORRELATIONS = 6_000;
const integration = randomUUID();
const at = new Date('2026-06-01T00:00:00.000Z');
let tenant: Tenant;

beforeAll(async () => {
  const database = await testDatabase();
  tenant = database.tenant(testOrganisation());
  await tenant.run(sql`
    insert into inbound_monitoring_event
      (org_id, integration_id, completed_at, event_id, correlation_id, event_type, object_type, sync_type, status, received_at)
    select ${tenant.org}, ${integration}, ${at}::timestamptz + n * interval '1 second', 'evt_' || n,
           case when n % 100 = 0 then null else 'order-' || (n % ${CORRELATIONS}::int) end,
           'UPDATE', 'x', case when n % 50 = 0 then 'api_deprecation' else 'entity' end, 'success', ${at}
      from generate_series(0, ${2 * CORRELATIONS - 1}::int) n`);
});

const owner = () => sql`org_id = ${tenant.org} and integration_id = ${integration}`;
const everything = sql`true`;
/** Neither those without an id nor those of which there are only calls of deprecated endpoints. */
const KNOWN = CORRELATIONS - CORRELATIONS / 50;

it('few rows are counted', async () => {
  expect(await correlations(tenant, owner(), everything, 80_000)).toEqual({ total_correlations: KNOWN });
});

it('many rows are estimated, and the answer says so', async () => {
  const answer = await correlations(tenant, owner(), everything, 80_001);
  expect(answer.total_correlations_estimated).toBe(true);
  // A quarter of them is looked at: a standard error of 2.6 percent.
  expect(Math.abs(answer.total_correlations - KNOWN) / KNOWN).toBeLessThan(0.08);
});

it('the more rows there are, the fewer of them are read, within the period asked for', async () => {
  const half = sql`completed_at < ${new Date(at.getTime() + (CORRELATIONS / 2) * 1_000)}`;
  const answer = await correlations(tenant, owner(), half, 1_000_000);
  expect(Math.abs(answer.total_correlations - KNOWN / 2) / (KNOWN / 2)).toBeLessThan(0.35);
  expect(
    await correlations(
      tenant,
      sql`org_id = ${tenant.org} and integration_id = ${randomUUID()}`,
      half,
      1_000_000,
    ),
  ).toEqual({
    total_correlations: 0,
    total_correlations_estimated: true,
  });
});
