import type { EntitySchema, OrganisationSchemas } from '../../entities/index.ts';

/** Schemas whose attributes may identify a person at registration (portal §3.10). */
export const IDENTIFYING_SCHEMAS = ['contact', 'account', 'contract', 'meter', 'billing_account'] as const;

/** Types whose values a person can type in: never relations, files, tables and the like (portal §3.10). */
const IDENTIFYING_TYPES: ReadonlySet<string> = new Set([
  'string',
  'number',
  'email',
  'phone',
  'date',
  'datetime',
  'select',
  'radio',
  'sequence',
]);

/** An attribute that may serve as an identifier (contract `IdentifierAttribute`). */
export interface IdentifierAttribute {
  readonly label: string;
  readonly name: string;
  readonly type: string;
}

/** The attributes of a schema that may identify an entity; none for an unknown schema. */
export function identifierAttributes(schema: EntitySchema | undefined): IdentifierAttribute[] {
  if (!schema) return [];
  return schema.attributes
    .filter(
      (attribute) =>
        IDENTIFYING_TYPES.has(attribute.type) &&
        attribute['hidden'] !== true &&
        !attribute.name.startsWith('_'),
    )
    .map(({ label, name, type }) => ({ label, name, type }));
}

/** Whether an attribute of a schema may serve as an identifier. */
export function isIdentifier(schemas: OrganisationSchemas, slug: string, name: string): boolean {
  return identifierAttributes(schemas.find(slug)).some((attribute) => attribute.name === name);
}
