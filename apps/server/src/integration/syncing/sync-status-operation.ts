import type { Operations } from '../../contract/operation-types.ts';
import type { GrantCheck } from '../outbound/outbound-platform.ts';
import { syncsOf } from './sync-store.ts';

/** When integrations last synced an entity (contract: `EntitySyncStatusResponse`); an empty list for entities that none knows, or nobody does. */
export function syncStatusOperation(access: GrantCheck): Operations<'integration-toolkit'> {
  return {
    async getEntitySyncStatus(call) {
      await access.requireGrant(call, 'integration:view');
      const { entityId, integration_id } = call.parameters;
      const syncs = await syncsOf(call.tenant, entityId, integration_id);
      return {
        entity_id: entityId,
        sync_states: syncs.map(({ integrationId, schema, syncedAt, changedAt }) => ({
          entity_id: entityId,
          integration_id: integrationId,
          entity_slug: schema,
          last_synced_at: syncedAt.toISOString(),
          ...(changedAt === undefined ? {} : { last_changed_at: changedAt.toISOString() }),
        })),
      };
    },
  };
}
