import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { Operations } from '../../contract/operation-types.ts';
import { type AttributeDefinition, type EntitySchema, schemasOf } from '../../entities/index.ts';
import type { AccessOf } from '../access/index.ts';
import type { ConfigPlatform } from './config-platform.ts';
import type { Portal } from './portal.ts';
import { allowedSchemas } from './portal-role.ts';

/** Members of a schema that clients draw with; everything else is for administrators. */
const SHOWN_MEMBERS = [
  'slug',
  'name',
  'plural',
  'icon',
  'color',
  'title_template',
  'group_settings',
] as const;

/** Schemas as portals see them (portal §3.4): reduced to what their users may see, or to what public pages need. */
export function schemaOperations(
  { portals, pages, database }: ConfigPlatform,
  accessOf: AccessOf,
): Operations<'customer-portal'> {
  const forPublic = async (portal: Portal) => {
    if (!portal.enabled) return { schemas: [] };
    const queries = database.tenant(portal.org);
    const needed = neededInPublic(portal, await pages.list(queries, portal.portalId));
    const known = await schemasOf(queries);
    const schemas = [...needed.keys()].map((slug) => known.find(slug)).filter((one) => one !== undefined);
    return {
      schemas: schemas.map((schema) =>
        reduced(schema, ({ name }) => needed.get(schema.slug)?.has(name) === true),
      ),
    };
  };

  return {
    async getSchemas(call) {
      const access = await accessOf(call);
      const portal = await portals.of(call);
      const slugs = allowedSchemas(portal).filter((slug) => access.allowsSchema(slug));
      const schemas = slugs.map((slug) => access.requireSchema(slug));
      return {
        schemas: schemas.map((schema) =>
          reduced(schema, ({ name }) => access.canViewAttribute(schema.slug, name)),
        ),
      };
    },

    async getSchemasByDomain(call) {
      return forPublic(await portals.ofPublic({ domain: call.parameters.domain }));
    },

    async getPublicSchemasV3(call) {
      return forPublic(await portals.ofPublic(call.parameters));
    },
  };
}

function reduced(schema: EntitySchema, isShown: (attribute: AttributeDefinition) => boolean): JsonObject {
  const members = SHOWN_MEMBERS.filter((member) => schema.definition[member] !== undefined).map((member) => [
    member,
    schema.definition[member],
  ]);
  const attributes = schema.attributes.filter(
    (attribute) => attribute.type !== 'internal' && isShown(attribute),
  );
  return { ...Object.fromEntries(members), attributes };
}

/** Attributes by schema that forms and blocks of public pages use. */
function neededInPublic(portal: Portal, pages: readonly JsonObject[]): Map<string, Set<string>> {
  const needed = new Map<string, Set<string>>();
  const add = (schema: unknown, name: unknown) => {
    if (typeof schema !== 'string' || typeof name !== 'string') return;
    needed.set(schema, (needed.get(schema) ?? new Set()).add(name));
  };
  for (const { schema, name } of listOf(portal.config['registration_identifiers'])) add(schema, name);
  for (const { schema, name } of listOf(portal.config['contact_identifiers_for_account'])) {
    add(schema ?? 'contact', name);
  }
  for (const { name } of listOf(portal.config['additional_contact_attributes'])) add('contact', name);
  for (const page of pages) {
    if (page['is_public'] !== true) continue;
    for (const block of Object.values(asObject(page['blocks']))) addReferences(asObject(block)['props'], add);
  }
  return needed;
}

/** Finds `{schema | entity, attribute}` pairs wherever they stand in a block's properties. */
function addReferences(value: unknown, add: (schema: unknown, name: unknown) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) addReferences(item, add);
    return;
  }
  const object = asObject(value);
  add(object['schema'] ?? object['entity'], object['attribute']);
  for (const member of Object.values(object)) {
    if (typeof member === 'object' && member !== null) addReferences(member, add);
  }
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}
