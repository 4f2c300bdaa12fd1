import type { OrganisationSchemas } from '../../schemas/schema-catalogue.ts';

/** Answers which schemas of an organisation define a top-level member; a currency's `_currency` and `_decimal` belong to it. */
export function schemasKnowing(
  organisation: OrganisationSchemas,
): (member: string) => readonly string[] | 'all' {
  const schemas = organisation.all();
  return (member) => {
    const knowing = schemas.filter(
      (schema) => schema.attribute(schema.owningAttribute(member)) !== undefined,
    );
    return knowing.length === schemas.length ? 'all' : knowing.map((schema) => schema.slug);
  };
}
