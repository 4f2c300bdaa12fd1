import type { Operations } from '../../contract/operation-types.ts';
import { notFound } from '../../refusal.ts';
import { attachActivity, createActivity, findActivity } from '../activity/custom-activity.ts';
import { activityHeadToWire, activityToWire, readFeed } from '../activity/feed.ts';
import { readOperations } from '../activity/store.ts';
import { findEntities, findEntity } from '../reading/read-entity.ts';
import { schemasOf } from '../schemas/schema-catalogue.ts';
import { changeSource } from './change-source.ts';
import { CallerAccess } from './entity-access.ts';
import type { EntityPlatform } from './entity-platform.ts';
import { listParameter } from './query-lists.ts';

/** The activity feed and activities of callers' own (spec/entities.md §10). */
export function activityOperations({ access, clock }: EntityPlatform): Operations<'entity'> {
  return {
    async getEntityActivityFeed({ principal, tenant, parameters }) {
      const caller = await CallerAccess.of(access, principal);
      const entity = caller.require('entity:view', await findEntity(tenant, parameters.id, parameters.slug));
      const schemas = await schemasOf(tenant);
      const query = { ...parameters, type: listParameter(parameters.type) };
      return readFeed(tenant, entity.id, query, clock.now(), (operation) =>
        caller.showOperation(schemas.find(operation.params.slug), operation),
      );
    },

    async createActivity({ principal, tenant, parameters, body }) {
      const caller = await CallerAccess.of(access, principal);
      const ids = listParameter(parameters.entities) ?? [];
      return tenant.transaction(async (tx) => {
        for (const entity of await findEntities(tx, ids)) caller.require('entity:edit', entity);
        return activityHeadToWire(await createActivity(tx, body, ids, changeSource(principal), clock.now()));
      });
    },

    async getActivity({ principal, tenant, parameters }) {
      const caller = await CallerAccess.of(access, principal);
      const { id, operations_from: from = 0, operations_size: size = 10 } = parameters;
      const activity = await findActivity(tenant, id);
      if (!activity) throw notFound('Activity', 'ACTIVITY_NOT_FOUND');
      const operations = await readOperations(tenant, [id], { from, size });
      const schemas = await schemasOf(tenant);
      return activityToWire(activity, operations.get(id), (operation) =>
        caller.showOperation(schemas.find(operation.params.slug), operation),
      );
    },

    async attachActivity({ principal, tenant, parameters }) {
      const caller = await CallerAccess.of(access, principal);
      const ids = listParameter(parameters.entities) ?? [];
      return tenant.transaction(async (tx) => {
        for (const entity of await findEntities(tx, ids)) caller.require('entity:edit', entity);
        return activityHeadToWire(await attachActivity(tx, parameters.id, ids));
      });
    },
  };
}
