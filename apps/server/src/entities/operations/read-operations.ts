import type { Operations } from '../../contract/operation-types.ts';
import { withProposedValues } from '../changesets/changeset.ts';
import { hydrate } from '../reading/hydrate.ts';
import { findEntities, findEntity } from '../reading/read-entity.ts';
import { listRelations } from '../reading/relations.ts';
import { selectFields } from '../reading/select-fields.ts';
import { schemasOf } from '../schemas/schema-catalogue.ts';
import { CallerAccess } from './entity-access.ts';
import type { EntityPlatform } from './entity-platform.ts';

/** More neighbours than this are read page by page through `getRelationsV3`. */
const MOST_NEIGHBOURS = 1_000;

/** Reading one entity (spec/entities.md §4). */
export function readOperations({ access }: EntityPlatform): Operations<'entity'> {
  return {
    async getEntityV2({ principal, tenant, parameters }) {
      const caller = await CallerAccess.of(access, principal);
      const entity = caller.require('entity:view', await findEntity(tenant, parameters.id, parameters.slug));
      const schemas = await schemasOf(tenant);
      const seen = caller.show(schemas.find(entity.schema), entity) ?? {};
      const current = parameters.apply_changesets ? withProposedValues(seen) : seen;
      const [whole = current] = parameters.hydrate
        ? await hydrate(tenant, [current], (target) => caller.show(schemas.find(target.schema), target))
        : [current];
      return selectFields(whole, parameters.fields);
    },

    async getEntity({ principal, tenant, parameters }) {
      const caller = await CallerAccess.of(access, principal);
      const entity = caller.require('entity:view', await findEntity(tenant, parameters.id, parameters.slug));
      const schemas = await schemasOf(tenant);
      const seen = caller.show(schemas.find(entity.schema), entity) ?? {};
      const direct = await listRelations(tenant, entity.id, {
        direction: 'direct',
        from: 0,
        size: MOST_NEIGHBOURS,
      });
      const neighbours = await findEntities(
        tenant,
        direct.relations.map(({ entity_id }) => entity_id),
      );
      const relations = neighbours.flatMap(
        (neighbour) => caller.show(schemas.find(neighbour.schema), neighbour) ?? [],
      );
      if (!parameters.hydrate) return { entity: seen, relations };
      const [hydrated] = await hydrate(tenant, [seen], (target) =>
        caller.show(schemas.find(target.schema), target),
      );
      return { entity: hydrated, relations };
    },
  };
}
