import type { Operations } from '../../contract/operation-types.ts';
import { getIntegration } from '../integrations/integration-store.ts';
import type { IntegrationPlatform } from '../platform.ts';
import { dateRange } from './date-range.ts';
import { cutPage, readCursor } from './page-cursor.ts';
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
      const cursor = readCursor(body.cursor?.completed_at, body.cursor?.event_id);
      if (
        body.object_type !== undefined &&
        body.event_name !== undefined &&
        body.object_type !== body.event_name
      )
        return { data: [], next_cursor: null, has_more: false };
      const filter = {
        integrationId,
        useCaseId: body.use_case_id,
        eventType: body.event_type,
        syncType: body.sync_type,
        status: body.status,
        errorCategory: body.error_category,
        correlationId: body.correlation_id,
        objectType: body.object_type ?? body.event_name,
        eventId: body.event_id,
        completed,
      };
      const limit = body.limit ?? 50;
      const { page, last } = cutPage(await queryMonitoring(call.tenant, filter, cursor, limit + 1), limit);
      return {
        data: page.map(monitoringRowToWire),
        next_cursor: last ? { completed_at: last.completed_at.toISOString(), event_id: last.event_id } : null,
        has_more: last !== undefined,
      };
    },
  };
}
