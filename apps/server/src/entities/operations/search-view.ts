import type { Call } from '../../http/call.ts';
import { forbidden } from '../../refusal.ts';
import { schemasOf } from '../schemas/schema-catalogue.ts';
import { ALL, anyOf, type SearchTree, type SearchView } from '../search/index.ts';
import { CallerAccess, type EntityAccess } from './entity-access.ts';

/**
 * What a staff or API caller may find: the schemas they may view, pushed into the search so that totals are right, and of each entity what
 * their grants leave. Entities that only a condition of a grant hides are left out of the page but counted (identity §4.3). Throws 403 for
 * callers who have no business in the Entity API.
 */
export function searchViewOf(access: EntityAccess): (call: Call<unknown>) => Promise<SearchView> {
  return async (call) => {
    const caller = await CallerAccess.of(access, call.principal);
    const rights = await access.rightsOf(call.principal);
    const schemas = await schemasOf(call.tenant);
    const visible = schemas.all().filter((schema) => rights.allows('entity:view', `${schema.slug}:*`));
    if (visible.length === 0) throw forbidden('Not permitted: entity:view');
    return {
      restriction:
        visible.length === schemas.all().length ? ALL : anyOf(visible.map(({ slug }) => ofSchema(slug))),
      show: (entity) => caller.show(schemas.find(entity.schema), entity),
    };
  };
}

function ofSchema(slug: string): SearchTree {
  return { kind: 'equal', field: '_schema', values: [slug] };
}
