import type { JsonObject } from '../../../contract/json-object.ts';
import type { Document, Entity } from '../../../entities/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import { journeyActions } from './journey-actions.ts';

/** An entity with what is around it, as the older detail operations answer it (spec/portal.md §5.10). */
export interface DetailBundle {
  readonly entity: Document;
  /** Visible files of the entity. */
  readonly files: readonly Document[];
  /** Directly related entities in reach, files apart. */
  readonly relations: readonly Document[];
  readonly journey_actions: readonly JsonObject[];
}

/** Reads an entity and what is around it; throws what `PortalAccess.load` throws. */
export async function detailBundle(access: PortalAccess, slug: string, id: string): Promise<DetailBundle> {
  const { entity, neighbours } = await access.loadWithNeighbours(slug, id);
  const shown = access.shownAttributes(entity);
  const show = (entities: readonly Entity[]) => entities.map((one) => access.shownAttributes(one));
  return {
    entity: shown,
    files: show(neighbours.filter(({ schema }) => schema === 'file')),
    relations: show(neighbours.filter(({ schema }) => schema !== 'file')),
    journey_actions: actionsOf(access, entity, shown),
  };
}

/** The related entities of one schema, taken from a bundle. */
export function relatedOf(bundle: DetailBundle, schema: string): Document[] {
  return bundle.relations.filter((one) => one['_schema'] === schema);
}

/** An entity as the older lists show it: with the first journey that fits, or none. */
export function listItem(access: PortalAccess, entity: Entity): Document {
  const shown = access.shownAttributes(entity);
  const [first] = actionsOf(access, entity, shown);
  return { ...shown, ...(first ? { journey_actions: first } : {}) };
}

function actionsOf({ portal }: PortalAccess, entity: Entity, shown: Document): JsonObject[] {
  return journeyActions(portal.config['entity_actions'], entity.schema, shown);
}
