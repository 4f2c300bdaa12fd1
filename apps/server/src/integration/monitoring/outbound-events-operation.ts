import type { Operations } from '../../contract/operation-types.ts';
import { type Delivery, type DeliveryFilter, queryDeliveries } from '../../events/index.ts';
import { dateRange } from '../inbound/date-range.ts';
import { readCursor } from '../inbound/page-cursor.ts';
import { getIntegration } from '../integrations/integration-store.ts';
import type { GrantCheck } from '../outbound/outbound-platform.ts';
import { listOutboundUseCases } from '../outbound/outbound-use-cases.ts';

/** What the outbound use cases of an integration sent, newest first (erp-integration.md 11.3). */
export function outboundEventsOperation(access: GrantCheck): Operations<'integration-toolkit'> {
  return {
    async queryOutboundMonitoringEvents(call) {
      const { tenant, body } = call;
      const { integrationId } = call.parameters;
      await access.requireGrant(call, 'integration:monitor', `integration:${integrationId}`);
      const { id } = await getIntegration(tenant, integrationId);
      const { from, to } = dateRange(body);
      const cursor = readCursor(body.cursor?.created_at, body.cursor?.event_id);
      const useCases = (await listOutboundUseCases(tenant)).filter((useCase) => useCase.integrationId === id);
      const { event_name: eventName, webhook_config_id: webhookId, status } = body;
      const isKnown =
        eventName === undefined ||
        useCases.some(({ configuration }) => configuration?.eventName === eventName);
      const filter: DeliveryFilter = {
        useCaseIds: isKnown ? useCases.map((useCase) => useCase.id) : [],
        ...(eventName === undefined ? {} : { eventNames: [eventName] }),
        ...(webhookId === undefined ? {} : { webhookId }),
        ...(status === undefined ? {} : { status }),
        ...(from ? { from } : {}),
        ...(to ? { to } : {}),
      };
      const after = cursor && { createdAt: cursor.time, id: cursor.id };
      const { deliveries, next } = await queryDeliveries(tenant, filter, body.limit ?? 50, after);
      return {
        data: deliveries.map(deliveryToWire),
        next_cursor: next ? { created_at: next.createdAt.toISOString(), event_id: next.id } : null,
        has_more: next !== undefined,
      };
    },
  };
}

/** A delivery as the contract shows it (contract: `OutboundMonitoringEvent`). Its texts were masked when they were kept. */
function deliveryToWire(delivery: Delivery): Record<string, unknown> {
  const { httpResponse, payload, completedAt, createdAt } = delivery;
  return {
    org_id: delivery.org,
    event_id: delivery.id,
    event_name: delivery.eventName,
    status: delivery.status,
    url: delivery.url,
    http_method: delivery.httpMethod,
    ...(httpResponse ? { http_response: httpResponse } : {}),
    webhook_config_id: delivery.webhookId,
    metadata: { ...delivery.metadata, attempt: delivery.attempts },
    ...(payload === undefined ? {} : { payload: payloadObject(payload) }),
    created_at: createdAt.toISOString(),
    // Between attempts the last one is the last change.
    updated_at: completedAt?.toISOString() ?? httpResponse?.end_date ?? createdAt.toISOString(),
  };
}

/** The contract wants an object; a body that is none is wrapped. */
function payloadObject(text: string): object {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value };
}
