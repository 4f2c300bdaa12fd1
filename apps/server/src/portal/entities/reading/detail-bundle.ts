import type { JsonObject } from '../../../contract/json-object.ts';
import { type Document, type Entity, relatedIds } from '../../../entities/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import { journeyActions } from './journey-actions.ts';

/** More neighbours than this are not bundled; searches page through them. */
const MOST_NEIGHBOURS = 1_000;

/** An entity with what is around it, as the older detail operations answer it (spec/portal.md §5.10). */
export interface DetailBundle {
  readonly entity: Document;
  /** Visible files of the entity. */
  readonly files: readonly Document[];
  /** Directly related entities in reach, files apart. */
  readonly relations: readonly Document[];
  readonly journey_actions: readonly JsonObject[];
}

/** Reads what is around an entity that the caller has loaded through its access. */
export async function detailBundle(
  queries: TenantQueries,
  access: PortalAccess,
  entity: Entity,
): Promise<DetailBundle> {
  const neighbours = await relatedIds(queries, [entity.id]);
  const around = await access.loadMany(neighbours.slice(0, MOST_NEIGHBOURS).map(({ id }) => id));
  const shown = access.shownAttributes(entity);
  const show = (entities: readonly Entity[]) => entities.map((one) => access.shownAttributes(one));
  return {
    entity: shown,
    files: show(around.filter(({ schema }) => schema === 'file')),
    relations: show(around.filter(({ schema }) => schema !== 'file')),
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
