import type { Call } from '../../http/call.ts';
import { forbidden } from '../../refusal.ts';
import { schemasOf } from '../schemas/schema-catalogue.ts';
import { ALL, allOf, anyOf, NONE, type SearchTree, type SearchView } from '../search/index.ts';
import { CallerAccess, type EntityAccess } from './entity-access.ts';
import { openPart } from './open-part.ts';

/**
 * What a staff or API caller may find: the schemas and entities they may view, pushed into the search so that totals are right, and of each
 * entity what their grants leave. Entities that only a condition of a deny hides are left out of the page but counted (identity §4.3). Throws
 * 403 for callers who have no business in the Entity API, and for those whose grants are about no entity at all.
 */
export function searchViewOf(access: EntityAccess): (call: Call<unknown>) => Promise<SearchView> {
  return async (call) => {
    const caller = await CallerAccess.of(access, call.principal);
    const rights = await access.rightsOf(call.principal);
    const schemas = await schemasOf(call.tenant);
    const granted = schemas
      .all()
      .map((schema) => ({ schema, parts: rights.granted('entity:view', schema.slug) }));
    if (!granted.some(({ parts }) => parts.every((part) => part === 'all' || part.length > 0)))
      throw forbidden('Not permitted: entity:view');
    const open = granted.map(({ schema, parts }) => openPart(schema, parts));
    const isAll = open.every(({ kind }) => kind === 'all');
    return {
      restriction: isAll
        ? ALL
        : anyOf(schemas.all().map(({ slug }, at) => allOf([ofSchema(slug), open[at] ?? NONE]))),
      show: (entity) => caller.show(schemas.find(entity.schema), entity),
    };
  };
}

function ofSchema(slug: string): SearchTree {
  return { kind: 'equal', field: '_schema', values: [slug] };
}
