import type { Operations } from '../../contract/operation-types.ts';
import type { GrantCheck } from '../outbound/outbound-platform.ts';
import { type EntitySync, syncsOf } from './sync-store.ts';

/** When integrations last synced an entity (contract: `EntitySyncStatusResponse`); an empty list for entities that none knows, or nobody does. */
export function syncStatusOperation(access: GrantCheck): Operations<'integration-toolkit'> {
  return {
    async getEntitySyncStatus(call) {
      await access.requireGrant(call, 'integration:view');
      const { entityId, integration_id } = call.parameters;
      const syncs = await syncsOf(call.tenant, entityId, integration_id);
      return {
        entity_id: entityId,
        sync_states: syncs.map((sync) => stateOf(entityId, sync)),
      };
    },
  };
}

/** One integration's part (contract: `EntitySyncState`); what it has never done is left out. */
function stateOf(entityId: string, sync: EntitySync): Record<string, unknown> {
  const members = {
    use_case_id: sync.useCaseId,
    last_synced_at: sync.syncedAt?.toISOString(),
    last_changed_at: sync.changedAt?.toISOString(),
    last_operation: sync.operation,
    last_event_id: sync.eventId,
    readings_last_synced_at: sync.readingsSyncedAt?.toISOString(),
    readings_last_operation: sync.readingsOperation,
    readings_last_event_id: sync.readingsEventId,
  };
  const known = Object.entries(members).filter(([, value]) => value !== undefined);
  return {
    entity_id: entityId,
    integration_id: sync.integrationId,
    entity_slug: sync.schema,
    ...Object.fromEntries(known),
  };
}
