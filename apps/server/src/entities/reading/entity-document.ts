import type { TenantQueries } from '../../storage/index.ts';
import type { Document } from '../model/document.ts';
import { type Entity, toWire } from '../model/entity.ts';
import { placeOf } from '../schemas/attribute-place.ts';
import type { EntitySchema } from '../schemas/entity-schema.ts';
import { type OrganisationSchemas, schemasOf } from '../schemas/schema-catalogue.ts';
import { computedMembers } from './computed-members.ts';
import type { EntityRights } from './entity-rights.ts';

/** The JSON of an entity for readers from whom nothing is hidden: what is stored, and what its schema computes from that. */
export function entityDocument(entity: Entity, schemas: OrganisationSchemas): Document {
  const stored = toWire(entity);
  return { ...stored, ...computedMembers(schemas.find(entity.schema), stored) };
}

/** The same for many, whose schemas are asked for once: for messages to other systems. */
export async function entityDocuments(
  queries: TenantQueries,
  entities: readonly Entity[],
): Promise<Document[]> {
  if (entities.length === 0) return [];
  const schemas = await schemasOf(queries);
  return entities.map((entity) => entityDocument(entity, schemas));
}

/**
 * The JSON of an entity without the attributes a caller may not see. What the schema computes is computed from the rest, so that no formatter
 * tells what is hidden.
 */
export function visibleDocument(
  rights: Pick<EntityRights, 'visible'>,
  schema: EntitySchema | undefined,
  entity: Entity,
): Document {
  const place = (member: string) => placeOf(schema, member);
  const shown = rights.visible(entity.schema, toWire(entity), place);
  if (!schema || schema.computed.length === 0) return shown;
  return { ...shown, ...rights.visible(entity.schema, computedMembers(schema, shown), place) };
}
