import { randomUUID } from 'node:crypto';
import type { Operations } from '../../contract/operation-types.ts';
import { getIntegration } from '../integrations/integration-store.ts';
import type { IntegrationPlatform } from '../platform.ts';
import type { Acceptance } from './accept-events.ts';
import type { EventIntake } from './event-intake.ts';
import { eventPage } from './event-page.ts';
import { findEvents } from './event-store.ts';
import { eventToWire, queryEvents } from './query-events.ts';

/** Looking at received events and processing them again (erp-integration.md 3.7). */
export function eventOperations(
  { access }: IntegrationPlatform,
  intake: EventIntake,
): Operations<'integration-toolkit'> {
  return {
    async queryEvents(call) {
      const { integrationId } = call.parameters;
      await access.requireGrant(call, 'integration:monitor', `integration:${integrationId}`);
      await getIntegration(call.tenant, integrationId);
      const { body } = call;
      return eventPage(body, {
        limit: 25,
        cursor: { time: body.cursor?.event_time, id: body.cursor?.event_id },
        read: ({ objectType, after, limit }) =>
          queryEvents(
            call.tenant,
            {
              integrationId,
              eventId: body.event_id,
              eventType: body.event_type,
              correlationId: body.correlation_id,
              objectType,
              useCaseId: body.use_case_id?.toLowerCase(),
            },
            after,
            limit,
          ),
        toWire: eventToWire,
        cursorOf: ({ receivedAt, id }) => ({ event_time: receivedAt.toISOString(), event_id: id }),
      });
    },

    async replayEvents(call) {
      const { integrationId } = call.parameters;
      await access.requireGrant(call, 'integration:manage', `integration:${integrationId}`);
      await getIntegration(call.tenant, integrationId);
      const requested = call.body.event_ids.filter((id) => id !== undefined);
      const ids = [...new Set(requested)];
      const stored = await findEvents(call.tenant, integrationId, ids);
      const byId = new Map(stored.map((event) => [event.id, event]));
      const correlationId = randomUUID();
      const events = ids.flatMap((id) => byId.get(id) ?? []);
      const replays = events.map((event) => ({
        ...event,
        deduplicationId: undefined,
        correlationId,
        replayOf: event.id,
      }));
      const accepted = await intake.accept(call.tenant.org, { integrationId, events: replays });
      const acceptances = new Map(events.map((event, index) => [event.id, accepted[index]]));
      const results = ids.map((id) => replayResult(id, acceptances.get(id)));
      return {
        replayed: results.filter(({ status }) => status === 'queued').length,
        results,
        event_ids: requested,
      };
    },
  };
}

/** One entry of the answer (contract: `ReplayEventsResponse`). */
function replayResult(id: string, acceptance: Acceptance | undefined) {
  if (!acceptance) return { event_id: id, status: 'not_found', message: 'The event is unknown or expired' };
  const { status, event_id: replay, message } = acceptance;
  return { event_id: id, status: status === 'success' ? 'queued' : status, replay_event_id: replay, message };
}
