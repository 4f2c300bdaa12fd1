import type { Entity } from '../../../entities/index.ts';
import { invalid } from '../../../refusal.ts';
import type { PortalAccess } from '../../access/index.ts';

/**
 * The entity that files are added to or taken from. Throws 400 when it is of another schema than the request says, 403 and 404 like every other
 * access.
 */
export async function fileParent(access: PortalAccess, schema: string, id: string): Promise<Entity> {
  const [entity] = await access.loadMany([id]);
  if (!entity) return access.load(schema, id);
  if (entity.schema !== schema) {
    throw invalid({ path: 'body.entity_type', message: 'is not the schema of the entity' });
  }
  return entity;
}
