import type { Operations } from '../../contract/operation-types.ts';
import { invalid, notFound } from '../../refusal.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import type { Document } from '../model/document.ts';
import type { Entity } from '../model/entity.ts';
import { type RelationItem, relationItems } from '../model/relation-items.ts';
import { findEntities, findEntity } from '../reading/read-entity.ts';
import type { Direction } from '../reading/related-ids.ts';
import { type ListedRelation, listRelations } from '../reading/relations.ts';
import { selectFields } from '../reading/select-fields.ts';
import { schemasOf } from '../schemas/schema-catalogue.ts';
import type { WriteOptions } from '../writing/entity-change.ts';
import { lockEntity } from '../writing/lock-entity.ts';
import { changeSource } from './change-source.ts';
import { CallerAccess } from './entity-access.ts';
import type { EntityPlatform } from './entity-platform.ts';
import { listParameter } from './query-lists.ts';

/** Relations of one entity (spec/entities.md §1.1). Links made by hand are direct writes. */
export function relationOperations({ graph, access }: EntityPlatform): Operations<'entity'> {
  return {
    async getRelationsV3({ principal, tenant, parameters }) {
      const caller = await CallerAccess.of(access, principal);
      const entity = caller.require('entity:view', await findEntity(tenant, parameters.id, parameters.slug));
      const page = await listRelations(tenant, entity.id, {
        direction: directionOf(parameters.mode, parameters.include_reverse),
        from: parameters.from ?? 0,
        size: parameters.size ?? 100,
        includeSchemas: listParameter(parameters.include_schemas),
        excludeSchemas: listParameter(parameters.exclude_schemas),
        deleted: parameters.include_deleted,
      });
      if (!parameters.hydrate) return { hits: page.hits, relations: page.relations.map(relationToWire) };

      const schemas = await schemasOf(tenant);
      const ids = page.relations.map((relation) => relation.entity_id);
      const neighbours = await findEntities(tenant, ids, { includeDeleted: true });
      const shown = new Map(neighbours.map((one) => [one.id, caller.show(schemas.find(one.schema), one)]));
      const relations = page.relations.flatMap((relation) => {
        const neighbour = shown.get(relation.entity_id);
        if (!neighbour) return [];
        return [{ ...selectFields(neighbour, parameters.fields), $relation: relationToWire(relation) }];
      });
      return { hits: page.hits, relations };
    },

    async addRelations({ principal, tenant, parameters, body }) {
      const { id, slug, activity_id } = parameters;
      const [first] = body;
      if (!first) throw invalid({ path: 'body', message: 'needs at least one relation' });
      const byAttribute = Map.groupBy(body, (item) => item.attribute);
      const attributes = Object.fromEntries(
        [...byAttribute].map(([attribute, items]) => [
          attribute,
          { $relation: { _append: items.map(storedItem) } },
        ]),
      );
      const caller = await CallerAccess.of(access, principal);
      return tenant.transaction(async (tx) => {
        caller.require('entity:edit', await findEntity(tx, id, slug));
        const options: WriteOptions = {
          ...directWrite(principal, activity_id, 'RelationsAdded'),
          arrayOperations: true,
        };
        const { entity, diff } = await graph.patch(tx, { id, schema: slug, attributes }, options);
        caller.requireAttributes((await schemasOf(tx)).get(slug), entity, diff);
        const added = relationItems(entity.doc[first.attribute])?.find(
          (item) => item.entity_id === first.entity_id,
        );
        return { ...added, attribute: first.attribute, entity_id: first.entity_id };
      });
    },

    async updateRelation({ principal, tenant, parameters, body }) {
      const { attribute, entity_id } = parameters;
      const caller = await CallerAccess.of(access, principal);
      return tenant.transaction(async (tx) => {
        const tags = body._tags ?? [];
        await changeItems(tx, caller, parameters, 'EntityUpdated', principal, (item) => {
          const { _tags, ...rest } = item;
          return tags.length === 0 ? rest : { ...rest, _tags: tags };
        });
        return { attribute, entity_id, _tags: tags };
      });
    },

    async deleteRelation({ principal, tenant, parameters }) {
      const caller = await CallerAccess.of(access, principal);
      await tenant.transaction((tx) =>
        changeItems(tx, caller, parameters, 'RelationsRemoved', principal, () => undefined),
      );
      return undefined;
    },
  };

  /** Replaces or removes one item of a relation attribute; 404 when it is not there. */
  async function changeItems(
    tx: TenantTransaction,
    caller: CallerAccess,
    place: { id: string; slug: string; attribute: string; entity_id: string; activity_id?: string | null },
    activityType: string,
    principal: Parameters<typeof changeSource>[0],
    change: (item: RelationItem) => RelationItem | undefined,
  ): Promise<Entity> {
    const { id, slug, attribute, entity_id } = place;
    const entity = caller.require('entity:edit', await lockEntity(tx, id, slug));
    const items = relationItems(entity.doc[attribute]) ?? [];
    if (!items.some((item) => item.entity_id === entity_id)) throw notFound('Relation', 'RELATION_NOT_FOUND');
    const left = items.flatMap((item) => (item.entity_id === entity_id ? (change(item) ?? []) : [item]));
    const attributes = { [attribute]: left.length === 0 ? null : { $relation: left } };
    const options = directWrite(principal, place.activity_id, activityType);
    const written = await graph.patch(tx, { id, schema: slug, attributes }, options);
    caller.requireAttributes((await schemasOf(tx)).get(slug), written.entity, written.diff);
    return written.entity;
  }
}

function directWrite(
  principal: Parameters<typeof changeSource>[0],
  activityId: string | null | undefined,
  activityType: string,
): WriteOptions {
  return {
    source: changeSource(principal),
    direct: true,
    activityType,
    ...(activityId ? { activityId } : {}),
  };
}

/** `mode` wins over the older `include_reverse`. */
function directionOf(mode: Direction | undefined, includeReverse: boolean | undefined): Direction {
  return mode ?? (includeReverse ? 'both' : 'direct');
}

function relationToWire({ _tags, ...relation }: ListedRelation): Document {
  return _tags.length === 0 ? { ...relation } : { ...relation, _tags };
}

function storedItem({
  entity_id,
  _tags,
}: {
  readonly entity_id: string;
  readonly _tags?: readonly string[];
}): Document {
  return { entity_id, ...(_tags && _tags.length > 0 ? { _tags } : {}) };
}
