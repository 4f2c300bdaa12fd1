import type { OrganisationSchemas } from '../../schemas/schema-catalogue.ts';

/** Answers which schemas of an organisation define a top-level member; a currency's `_currency` and `_decimal` belong to it. */
export function schemasKnowing(
  organisation: OrganisationSchemas,
): (member: string) => readonly string[] | 'all' {
  const known = KNOWN.get(organisation) ?? new Map<string, readonly string[] | 'all'>();
  KNOWN.set(organisation, known);
  return (member) => {
    const schemas = known.get(member) ?? schemasWith(organisation, member);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(member, schemas);
    return schemas;
  };
}

/** Remembered with the schemas of an organisation, which stay in memory until one of them changes. */
const KNOWN = new WeakMap<OrganisationSchemas, Map<string, readonly string[] | 'all'>>();
const MOST_KNOWN = 1_000;

function schemasWith(organisation: OrganisationSchemas, member: string): readonly string[] | 'all' {
  const schemas = organisation.all();
  const knowing = schemas.filter((schema) => schema.attribute(schema.owningAttribute(member)) !== undefined);
  return knowing.length === schemas.length ? 'all' : knowing.map((schema) => schema.slug);
}
