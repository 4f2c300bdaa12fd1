import type { Operations } from '../../contract/operation-types.ts';
import type { Clock } from '../../ports/index.ts';
import { invalid } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { dateRange } from '../inbound/date-range.ts';
import { getIntegration } from '../integrations/integration-store.ts';
import type { GrantCheck } from '../outbound/outbound-platform.ts';
import { listOutboundUseCases } from '../outbound/outbound-use-cases.ts';
import { inboundStatistics, outboundStatistics } from './statistics.ts';
import { bucketCount, bucketStarts, inboundSeries, outboundSeries, type Series } from './time-series.ts';

const MOST_BUCKETS = 200;

/** How many events came and went, in sum and over time (erp-integration.md 11.4, 11.5). */
export function statisticsOperations(access: GrantCheck, clock: Clock): Operations<'integration-toolkit'> {
  return {
    async getMonitoringStats(call) {
      const { tenant, body } = call;
      const { integrationId } = call.parameters;
      await access.requireGrant(call, 'integration:monitor', `integration:${integrationId}`);
      const { id } = await getIntegration(tenant, integrationId);
      const range = dateRange(body);
      const useCases = await useCasesOf(tenant, id);
      const [inbound, outbound] = await Promise.all([
        inboundStatistics(tenant, id, range, body.inbound_group_by ?? []),
        outboundStatistics(tenant, useCases, range, body.outbound_group_by ?? []),
      ]);
      return { inbound, outbound };
    },

    async getMonitoringTimeSeries(call) {
      const { tenant, body } = call;
      const { integrationId } = call.parameters;
      await access.requireGrant(call, 'integration:monitor', `integration:${integrationId}`);
      const { id } = await getIntegration(tenant, integrationId);
      const { from_date, interval, direction = 'both' } = body;
      const { from, to } = dateRange({ from_date, to_date: body.to_date ?? clock.now().toISOString() });
      if (!from || !to) throw invalid({ path: 'body.from_date', message: 'is required' });
      const series: Series = { from, to, interval };
      if (bucketCount(series) > MOST_BUCKETS)
        throw invalid(
          { path: 'body.interval', message: `cuts the period into more than ${MOST_BUCKETS} buckets` },
          'TOO_MANY_BUCKETS',
        );
      const inbound = direction === 'outbound' ? undefined : await inboundSeries(tenant, id, series);
      const outbound =
        direction === 'inbound'
          ? undefined
          : await outboundSeries(tenant, await useCasesOf(tenant, id), series);
      return {
        interval,
        from_date: from.toISOString(),
        to_date: to.toISOString(),
        buckets: bucketStarts(series).map((start) => ({
          timestamp: start.toISOString(),
          inbound: inbound ? inboundCounts(inbound.get(start.getTime())) : null,
          outbound: outbound ? outboundCounts(outbound.get(start.getTime())) : null,
        })),
      };
    },
  };
}

async function useCasesOf(queries: TenantQueries, integrationId: string): Promise<string[]> {
  const useCases = await listOutboundUseCases(queries);
  return useCases.filter((useCase) => useCase.integrationId === integrationId).map(({ id }) => id);
}

function inboundCounts(counts: Readonly<Record<string, number>> = {}) {
  const { success = 0, error = 0, warning = 0, skipped = 0 } = counts;
  return {
    success_count: success,
    error_count: error,
    warning_count: warning,
    skipped_count: skipped,
    total_count: success + error + warning + skipped,
  };
}

function outboundCounts(counts: Readonly<Record<string, number>> = {}) {
  const { succeeded = 0, failed = 0, pending = 0 } = counts;
  return {
    success_count: succeeded,
    error_count: failed,
    pending_count: pending,
    total_count: succeeded + failed + pending,
  };
}
