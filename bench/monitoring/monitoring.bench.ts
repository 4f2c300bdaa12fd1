import { randomInt, randomUUID } from 'node:crypto';
import { queryDeliveries } from '../../apps/server/src/events/index.ts';
import { queryAccessLog } from '../../apps/server/src/integration/access-logs/access-log-store.ts';
import { queryMonitoring } from '../../apps/server/src/integration/inbound/query-monitoring.ts';
import { foldCounts } from '../../apps/server/src/integration/monitoring/fold-counts.ts';
import {
  inboundStatistics,
  outboundStatistics,
} from '../../apps/server/src/integration/monitoring/statistics.ts';
import { inboundSeries, outboundSeries } from '../../apps/server/src/integration/monitoring/time-series.ts';
import { openStorage, raw, type Sql, sql } from '../../apps/server/src/storage/index.ts';

/**
 * Milliseconds per monitoring query over many rows of one integration, spread over 88 days: median and slowest of several rounds, beside a
 * select of one row by its key. Statistics must count every row before their speed counts.
 * `node bench/monitoring/monitoring.bench.ts <database url> [rows]`: an empty database; rows of inbound monitoring and of the access log
 * (default 1,000,000), a fifth of it deliveries. A database of an earlier run is used again.
 */
const [databaseUrl, size = '1000000'] = process.argv.slice(2);
const ROWS = Number(size);
const DELIVERIES = Math.floor(ROWS / 5);
const PORTION = 250_000;
const ROUNDS = 9;
const DAY = 86_400_000;

if (!databaseUrl) throw new Error('A database URL is needed');
const storage = await openStorage({ databaseUrl, data: 'memory://', connections: 4 });
const { database } = storage;
const known = await database.system.first<{ org_id: string; integration_id: string; deliverer: string }>(sql`
  select org_id, integration_id, (select use_case_id from outbound_monitoring_count limit 1) as deliverer
    from inbound_monitoring_count limit 1`);
const org = known?.org_id ?? String(randomInt(1_000_000, 2 ** 47));
const integration = known?.integration_id ?? randomUUID();
const deliverer = known?.deliverer ?? randomUUID();
const tenant = database.tenant(org);
const end = new Date();
const start = new Date(end.getTime() - 88 * DAY);
if (!known) await fill();

/** An instant for row `n` of `total`, evenly spread. */
function instant(total: number): Sql {
  return sql`date_trunc('milliseconds', ${start}::timestamptz + (n::float8 / ${total}::float8) * interval '88 days')`;
}

async function fill(): Promise<void> {
  for (const table of ['inbound_monitoring_event', 'access_log'])
    await database.system.query(sql`select create_weekly_partitions(${table}, ${start}, 15)`);
  const portions = (total: number) =>
    Array.from({ length: Math.ceil(total / PORTION) }, (_, at) => [
      at * PORTION,
      Math.min(total, (at + 1) * PORTION) - 1,
    ]);
  const startedAt = performance.now();
  for (const [from, to] of portions(ROWS)) {
    await database.system.run(sql`
      insert into inbound_monitoring_event
        (org_id, integration_id, completed_at, event_id, correlation_id, use_case_id, event_type, object_type, sync_type, status, error_code,
         error_category, processing_duration_ms, received_at)
      select ${org}, ${integration}::uuid, ${instant(ROWS)}, 'evt_' || lpad(n::text, 26, '0'), 'c' || (n / 100),
             ('00000000-0000-4000-8000-00000000000' || (n % 8))::uuid, 'UPDATE', 'event-' || (n % 8),
             case when n % 5 = 0 then 'meter_reading' else 'entity' end,
             case when n % 97 = 0 then 'error' when n % 41 = 0 then 'warning' when n % 53 = 0 then 'skipped' else 'success' end,
             case when n % 97 = 0 then 'ENTITY_REFERENCE_NOT_FOUND' end, case when n % 97 = 0 then 'validation' end, 12, ${instant(ROWS)}
        from generate_series(${from}::bigint, ${to}::bigint) n`);
    await database.system.run(sql`
      insert into access_log (org_id, timestamp, request_id, token_id, service, method, path, status, latency_ms, response_length, source_ip)
      select ${org}, ${instant(ROWS)}, 'r' || lpad(n::text, 12, '0'), 'api_' || (n % 3), case when n % 2 = 0 then 'entity' else 'integration-toolkit' end,
             'POST', '/v1/entity/' || (n % 1000), case when n % 101 = 0 then 500 else 200 end, 5, 100, '127.0.0.1'
        from generate_series(${from}::bigint, ${to}::bigint) n`);
  }
  for (const [from, to] of portions(DELIVERIES)) {
    await database.system.run(sql`
      insert into webhook_delivery (org_id, created_at, id, webhook_id, event_name, status, url, http_method, metadata)
      select ${org}, ${instant(DELIVERIES)}, lpad(n::text, 26, '0'), 'hook-' || (n % 3), 'MeterReadingAdded',
             case when n % 97 = 0 then 'failed' else 'succeeded' end, 'https://erp.example', 'POST',
             jsonb_build_object('use_case_id', ${deliverer}::text)
        from generate_series(${from}::bigint, ${to}::bigint) n`);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`${ROWS} + ${ROWS} + ${DELIVERIES} rows in ${seconds.toFixed(0)} s`);
  await foldCounts(database).run(new AbortController().signal);
  // As autovacuum does within a minute.
  for (const table of [
    'inbound_monitoring_delta',
    'inbound_monitoring_count',
    'outbound_monitoring_delta',
    'outbound_monitoring_count',
  ])
    await database.system.run(sql`vacuum analyze ${raw(table)}`);
  for (const table of ['inbound_monitoring_event', 'access_log', 'webhook_delivery'])
    await database.system.run(sql`analyze ${raw(table)}`);
}

const everything = { from: undefined, to: undefined };
/** Bounds that are aligned to nothing. */
const month = {
  from: new Date(end.getTime() - 40 * DAY + 1_234_567),
  to: new Date(end.getTime() - 10 * DAY + 7_654_321),
};
const none = {
  integrationId: integration,
  useCaseId: undefined,
  eventType: undefined,
  syncType: undefined,
  status: undefined,
  errorCategory: undefined,
  correlationId: undefined,
  objectType: undefined,
  eventId: undefined,
  completed: everything,
};
const middle = { time: new Date(end.getTime() - 44 * DAY), id: 'evt_5' };
const tokens = {
  tokenIds: ['api_0', 'api_1'],
  service: undefined,
  method: undefined,
  path: undefined,
  status: undefined,
  range: everything,
};
const series = (interval: '5m' | '1h' | '3h' | '1d', hours: number) => ({
  from: new Date(end.getTime() - hours * 3_600_000),
  to: end,
  interval,
});

const CASES: readonly (readonly [string, () => Promise<unknown>])[] = [
  [
    'one row by key',
    () => tenant.first(sql`select 1 from inbound_monitoring_count where org_id = ${org} limit 1`),
  ],
  ['inbound stats, all', () => inboundStatistics(tenant, integration, everything, [])],
  ['inbound stats, 30 odd days', () => inboundStatistics(tenant, integration, month, [])],
  [
    'inbound stats, use case x status',
    () => inboundStatistics(tenant, integration, everything, ['use_case_id', 'status']),
  ],
  [
    'inbound stats, date x status',
    () => inboundStatistics(tenant, integration, everything, ['date', 'status']),
  ],
  [
    'inbound stats, all fields',
    () =>
      inboundStatistics(tenant, integration, everything, [
        'use_case_id',
        'sync_type',
        'status',
        'error_category',
        'object_type',
        'date',
      ]),
  ],
  [
    'outbound stats, date x webhook',
    () => outboundStatistics(tenant, [deliverer], everything, ['date', 'webhook_config_id']),
  ],
  ['inbound series, 5m x 200', () => inboundSeries(tenant, integration, series('5m', 16.5))],
  ['inbound series, 1h x 200', () => inboundSeries(tenant, integration, series('1h', 199))],
  ['inbound series, 3h x 200', () => inboundSeries(tenant, integration, series('3h', 597))],
  ['inbound series, 1d x 88', () => inboundSeries(tenant, integration, series('1d', 88 * 24))],
  ['outbound series, 3h x 200', () => outboundSeries(tenant, [deliverer], series('3h', 597))],
  ['inbound events, newest 100', () => queryMonitoring(tenant, none, undefined, 101)],
  ['inbound events, page in the middle', () => queryMonitoring(tenant, none, middle, 101)],
  ['inbound events, errors', () => queryMonitoring(tenant, { ...none, status: 'error' }, undefined, 101)],
  ['deliveries, newest 100', () => queryDeliveries(tenant, { useCaseIds: [deliverer] }, 100)],
  ['deliveries, failed', () => queryDeliveries(tenant, { useCaseIds: [deliverer], status: 'failed' }, 100)],
  [
    'deliveries, pending (none)',
    () => queryDeliveries(tenant, { useCaseIds: [deliverer], status: 'pending' }, 100),
  ],
  ['access log, newest 100', () => queryAccessLog(tenant, tokens, undefined, 101)],
  ['access log, status 500', () => queryAccessLog(tenant, { ...tokens, status: 500 }, undefined, 101)],
  [
    'access log, part of the path',
    () => queryAccessLog(tenant, { ...tokens, path: 'entity/77' }, undefined, 101),
  ],
  [
    'access log, status that never occurs',
    () => queryAccessLog(tenant, { ...tokens, status: 418 }, undefined, 101),
  ],
];

const { total_events: counted } = await inboundStatistics(tenant, integration, everything, []);
const { total_events: delivered } = await outboundStatistics(tenant, [deliverer], everything, []);
if (counted % 1000 !== 0 || delivered * 5 !== counted)
  throw new Error(`Miscounted: ${counted}, ${delivered}`);
const table: Record<string, object> = {};
for (const [name, run] of CASES) {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    await run();
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  table[name] = { median: times[Math.floor(ROUNDS / 2)]?.toFixed(1), slowest: times.at(-1)?.toFixed(1) };
}
console.log(`${counted} inbound rows, ${delivered} deliveries; milliseconds`);
console.table(table);
await storage.close();
