import {
  type Entity,
  findEntities,
  hydrate,
  schemasOf,
  toWire,
  visibleDocument,
} from '../../entities/index.ts';
import type { Call } from '../../http/call.ts';
import { forbidden } from '../../refusal.ts';
import type { ContextReference } from '../access/index.ts';
import type { PagesPlatform } from './pages-platform.ts';

/**
 * What stands around a member of staff who looks at pages for somebody: the entities they name, and as variables what they may see of them, with
 * related entities one step deep. Throws 403 unless every entity exists with its schema and is theirs to view.
 */
export async function staffContext(
  { identity }: PagesPlatform,
  call: Call<unknown>,
  references: readonly ContextReference[],
) {
  const [rights, schemas] = await Promise.all([
    identity.access.rightsOf(call.principal),
    schemasOf(call.tenant),
  ]);
  const mayView = (entity: Entity) =>
    rights.allows('entity:view', `${entity.schema}:${entity.id}`, toWire(entity));
  const show = (entity: Entity) =>
    mayView(entity) ? visibleDocument(rights, schemas.find(entity.schema), entity) : undefined;
  const found = await findEntities(
    call.tenant,
    references.map(({ entity_id: id }) => id),
  );
  for (const { entity_id: id, entity_schema: schema } of references) {
    const entity = found.find((one) => one.id === id);
    if (entity?.schema !== schema || !mayView(entity)) {
      throw forbidden('Not permitted: an entity of the context');
    }
  }
  const shown = await hydrate(
    call.tenant,
    found.map((entity) => show(entity) ?? {}),
    show,
  );
  const variables = Object.fromEntries(found.map(({ schema }, at) => [schema, shown[at]]));
  return { entities: found, variables };
}
