import { asObject } from '../../contract/json-object.ts';
import { type Entity, isEntityId } from '../../entities/index.ts';
import { invalid } from '../../refusal.ts';
import { type ContextReference, type PortalAccess, requireFewReferences } from '../access/index.ts';

/**
 * Reads `context_entities` and its older shorthand `contract_id` (portal §0.4). Throws 400 for more than 20 entries or ones without a UUID and
 * a schema.
 */
export function contextReferences(listed: unknown, contractId?: string): ContextReference[] {
  const items: unknown[] = Array.isArray(listed) ? listed : [];
  const all = contractId ? [...items, { entity_id: contractId, entity_schema: 'contract' }] : items;
  requireFewReferences(all);
  return all.map((item, at) => {
    const { entity_id: id, entity_schema: schema } = asObject(item);
    if (!isEntityId(id) || typeof schema !== 'string') {
      throw invalid({ path: `context_entities[${at}]`, message: 'must have a UUID and a schema' });
    }
    return { entity_id: id, entity_schema: schema };
  });
}

/** What stands around a portal user: the portal user, the mapped contact, and the entities that the request names, loaded by `loadContext`. */
export async function userContext(access: PortalAccess, named: readonly Entity[]): Promise<Entity[]> {
  const ids = [access.user.portalUserId, access.user.contactId].filter((id) => id !== undefined);
  const own = await access.loadMany(ids);
  return [...new Map([...own, ...named].map((entity) => [entity.id, entity])).values()];
}
