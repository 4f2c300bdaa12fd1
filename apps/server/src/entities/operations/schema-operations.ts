import type { Operations } from '../../contract/operation-types.ts';
import { notFound } from '../../refusal.ts';
import type { Document } from '../model/document.ts';
import type { EntitySchema } from '../schemas/entity-schema.ts';
import { saveSchema } from '../schemas/save-schema.ts';
import { schemasOf } from '../schemas/schema-catalogue.ts';
import { readSchemaById } from '../schemas/store.ts';
import { CallerAccess } from './entity-access.ts';
import type { EntityPlatform } from './entity-platform.ts';
import { listParameter } from './query-lists.ts';

/** Operations on schemas (spec/entities.md §2). */
export function schemaOperations({ access, clock }: EntityPlatform): Operations<'entity'> {
  return {
    async listSchemas({ principal, tenant, parameters }) {
      const caller = await CallerAccess.of(access, principal);
      const include = listParameter(parameters.include);
      const exclude = listParameter(parameters.exclude) ?? [];
      const schemas = (await schemasOf(tenant)).all().filter(({ slug }) => caller.seesSchema(slug));
      const wanted = schemas.filter(
        ({ slug }) => (include?.includes(slug) ?? true) && !exclude.includes(slug),
      );
      return { results: wanted.map(schemaToWire) };
    },

    async getSchema({ principal, tenant, parameters }) {
      const caller = await CallerAccess.of(access, principal);
      caller.requireSchemaView(parameters.slug);
      if (parameters.id === undefined) return schemaToWire((await schemasOf(tenant)).get(parameters.slug));
      const version = await readSchemaById(tenant, parameters.slug, parameters.id);
      if (!version) throw notFound('Schema version', 'SCHEMA_NOT_FOUND');
      return schemaToWire(version);
    },

    async putSchema({ principal, tenant, parameters, body }) {
      const caller = await CallerAccess.of(access, principal);
      caller.requireSchemaEdit(parameters.slug);
      const saved = await tenant.transaction((tx) => saveSchema(tx, parameters.slug, body, clock.now()));
      return schemaToWire(saved);
    },
  };
}

function schemaToWire(schema: EntitySchema): Document {
  return { ...schema.definition, version: schema.version };
}
