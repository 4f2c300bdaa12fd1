import type { Api, Operations } from '../contract/operation-types.ts';
import type { AnyHandler } from '../http/operation-route.ts';
import type { Volume, VolumeLimit } from '../identity/index.ts';

/** What the published Entity API counts per minute and organisation (spec/entities.md §5.4); reading one entity is free. */
const ENTITY_VOLUMES: Readonly<Record<string, Volume>> = {
  createEntity: 'mutation',
  upsertEntity: 'mutation',
  patchEntity: 'mutation',
  updateEntity: 'mutation',
  deleteEntity: 'mutation',
  restoreEntity: 'mutation',
  addRelations: 'mutation',
  updateRelation: 'mutation',
  deleteRelation: 'mutation',
  searchEntities: 'search',
  listEntities: 'search',
};

/** The Entity API's operations, each of which first takes its share of the organisation's volume; 429 when that is used up. */
export function limitedEntityOperations(
  operations: Operations<'entity'>,
  limit: VolumeLimit,
): Operations<'entity'> {
  return limited(operations, limit, (operationId) => ENTITY_VOLUMES[operationId]);
}

/** The ERP Integration API's operations: every request counts, whatever it asks for (erp-integration.md 2.2). */
export function limitedErpOperations(
  operations: Operations<'integration-toolkit'>,
  limit: VolumeLimit,
): Operations<'integration-toolkit'> {
  return limited(operations, limit, () => 'erp');
}

function limited<A extends Api>(
  operations: Operations<A>,
  limit: VolumeLimit,
  volumeOf: (operationId: string) => Volume | undefined,
): Operations<A> {
  const wrapped = Object.entries(operations).map(([operationId, handler]) => {
    const volume = volumeOf(operationId);
    if (!volume) return [operationId, handler];
    // The typed signature of each handler is kept by its name; this only calls it.
    const run = handler as AnyHandler;
    const counted: AnyHandler = (call) => {
      limit.spend(call.tenant.org, volume);
      return run(call);
    };
    return [operationId, counted];
  });
  return Object.fromEntries(wrapped);
}
