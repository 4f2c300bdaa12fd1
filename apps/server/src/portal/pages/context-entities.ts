import { asObject } from '../../contract/json-object.ts';
import { type Entity, isEntityId } from '../../entities/index.ts';
import { forbidden, invalid } from '../../refusal.ts';
import type { PortalAccess } from '../access/index.ts';

const MOST_REFERENCES = 20;

/** An entity that a client names as context. */
export interface ContextReference {
  readonly id: string;
  readonly schema: string;
}

/**
 * Reads `context_entities` and its older shorthand `contract_id` (portal §0.4). Throws 400 for more than 20 entries or ones without a UUID and
 * a schema.
 */
export function contextReferences(listed: unknown, contractId?: string): ContextReference[] {
  const items: unknown[] = Array.isArray(listed) ? listed : [];
  const all = contractId ? [...items, { entity_id: contractId, entity_schema: 'contract' }] : items;
  if (all.length > MOST_REFERENCES) {
    throw invalid({ path: 'context_entities', message: `has more than ${MOST_REFERENCES} entries` });
  }
  return all.map((item, at) => {
    const { entity_id: id, entity_schema: schema } = asObject(item);
    if (!isEntityId(id) || typeof schema !== 'string') {
      throw invalid({ path: `context_entities[${at}]`, message: 'must have a UUID and a schema' });
    }
    return { id, schema };
  });
}

/** What stands around a portal user: the portal user, the mapped contact, and the entities the request names. */
export async function userContext(
  access: PortalAccess,
  references: readonly ContextReference[],
): Promise<Entity[]> {
  const own = [access.user.portalUserId, access.user.contactId].filter((id) => id !== undefined);
  const found = await access.loadMany([...new Set([...own, ...references.map(({ id }) => id)])]);
  const byId = new Map(found.map((entity) => [entity.id, entity]));
  for (const { id, schema } of references) {
    if (byId.get(id)?.schema !== schema) throw forbidden('Not permitted: an entity of the context');
  }
  return found;
}
