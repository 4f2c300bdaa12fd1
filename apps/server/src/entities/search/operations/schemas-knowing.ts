import type { TenantQueries } from '../../../storage/index.ts';
import { schemasOf } from '../../schemas/schema-catalogue.ts';

/** Answers which schemas of the organisation define a top-level member; a currency's `_currency` and `_decimal` belong to it. */
export async function schemasKnowing(
  queries: TenantQueries,
): Promise<(member: string) => readonly string[] | 'all'> {
  const schemas = (await schemasOf(queries)).all();
  return (member) => {
    const knowing = schemas.filter(
      (schema) => schema.attribute(schema.owningAttribute(member)) !== undefined,
    );
    return knowing.length === schemas.length ? 'all' : knowing.map((schema) => schema.slug);
  };
}
