import type { Operations } from '../../contract/operation-types.ts';
import { getIntegration } from '../integrations/integration-store.ts';
import type { IntegrationPlatform } from '../platform.ts';
import { dateRange } from './date-range.ts';
import { eventPage } from './event-page.ts';
import { monitoringRowToWire, queryMonitoring } from './query-monitoring.ts';

/** What became of inbound events (erp-integration.md 11.2). */
export function inboundMonitoringOperations({
  access,
}: IntegrationPlatform): Operations<'integration-toolkit'> {
  return {
    async queryInboundMonitoringEvents(call) {
      const { integrationId } = call.parameters;
      await access.requireGrant(call, 'integration:monitor', `integration:${integrationId}`);
      await getIntegration(call.tenant, integrationId);
      const { body } = call;
      const completed = dateRange(body);
      return eventPage(body, {
        limit: 50,
        cursor: { time: body.cursor?.completed_at, id: body.cursor?.event_id },
        read: ({ objectType, after, limit }) =>
          queryMonitoring(
            call.tenant,
            {
              integrationId,
              useCaseId: body.use_case_id,
              eventType: body.event_type,
              syncType: body.sync_type,
              status: body.status,
              errorCategory: body.error_category,
              correlationId: body.correlation_id,
              objectType,
              eventId: body.event_id,
              completed,
            },
            after,
            limit,
          ),
        toWire: monitoringRowToWire,
        cursorOf: ({ completed_at, event_id }) => ({ completed_at: completed_at.toISOString(), event_id }),
      });
    },
  };
}
