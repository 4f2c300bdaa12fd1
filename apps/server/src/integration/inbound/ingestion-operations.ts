import { randomUUID } from 'node:crypto';
import type { Operations } from '../../contract/operation-types.ts';
import { invalid } from '../../refusal.ts';
import { integrationOfApp } from '../integrations/app-mapping-store.ts';
import type { IntegrationPlatform } from '../platform.ts';
import type { EventIntake } from './event-intake.ts';
import { correlationOf, incomingEvents } from './incoming-event.ts';

/** Taking in events, in the current version and the two deprecated ones (erp-integration.md 3.2). */
export function ingestionOperations(
  { access }: IntegrationPlatform,
  intake: EventIntake,
): Operations<'integration-toolkit'> {
  return {
    async processErpUpdatesEventsV3(call) {
      const { events } = call.body;
      const integrationId = call.body.integration_id.toLowerCase();
      await access.requireGrant(call, 'integration:ingest', `integration:${integrationId}`);
      const { group_id: groupId } = call.body;
      const incoming = incomingEvents(events, correlationOf(call.body, randomUUID()), 'named', groupId);
      return { results: await intake.accept(call.tenant.org, { integrationId, events: incoming }) };
    },

    async processErpUpdatesEventsV2(call) {
      const { events } = call.body;
      const integrationId = call.body.integration_id.toLowerCase();
      await access.requireGrant(call, 'integration:ingest', `integration:${integrationId}`);
      const incoming = incomingEvents(events, correlationOf(call.body, randomUUID()), 'by object type');
      const delivery = { integrationId, events: incoming, deprecatedEndpoint: 'processErpUpdatesEventsV2' };
      return { results: await intake.accept(call.tenant.org, delivery) };
    },

    async processErpUpdatesEvents(call) {
      const integrationId = await integrationOfApp(call.tenant, call.body);
      await access.requireGrant(call, 'integration:ingest', `integration:${integrationId ?? '*'}`);
      if (integrationId === undefined)
        throw invalid(
          { path: 'body.app_id', message: 'is not mapped to an integration' },
          'APP_MAPPING_NOT_FOUND',
        );
      const incoming = incomingEvents(
        call.body.events,
        correlationOf(call.body, randomUUID()),
        'by object type',
      );
      const delivery = { integrationId, events: incoming, deprecatedEndpoint: 'processErpUpdatesEvents' };
      return { results: await intake.accept(call.tenant.org, delivery) };
    },
  };
}
