import type { Operations } from '../../contract/operation-types.ts';
import type { Call } from '../../http/call.ts';
import { changesetsOf } from '../changesets/changeset.ts';
import { findEntity } from '../reading/read-entity.ts';
import { schemasOf } from '../schemas/schema-catalogue.ts';
import { changeSource } from './change-source.ts';
import { CallerAccess } from './entity-access.ts';
import type { EntityPlatform } from './entity-platform.ts';

interface ChangesetPlace {
  readonly id: string;
  readonly slug: string;
  readonly attribute: string;
}

/** Pending values and their resolution by a person (spec/entities.md §7). */
export function changesetOperations({ graph, access }: EntityPlatform): Operations<'entity'> {
  return {
    async listChangesets({ principal, tenant, parameters }) {
      const caller = await CallerAccess.of(access, principal);
      const entity = caller.require('entity:view', await findEntity(tenant, parameters.id, parameters.slug));
      return changesetsOf(entity.doc);
    },

    applyChangeset: (call) => resolve(call, 'apply'),
    dismissChangeset: (call) => resolve(call, 'dismiss'),
  };

  async function resolve(
    { principal, tenant, parameters }: Pick<Call<ChangesetPlace>, 'principal' | 'tenant' | 'parameters'>,
    resolution: 'apply' | 'dismiss',
  ) {
    const { id, slug, attribute } = parameters;
    const caller = await CallerAccess.of(access, principal);
    return tenant.transaction(async (tx) => {
      caller.require('entity:edit', await findEntity(tx, id, slug));
      const source = changeSource(principal);
      const written = await graph.resolveChangeset(
        tx,
        { id, schema: slug, attribute, resolution },
        { source },
      );
      const schema = (await schemasOf(tx)).get(slug);
      caller.requireAttributes(schema, written.entity, written.diff);
      return caller.show(schema, written.entity);
    });
  }
}
