import {
  ENTITY_COLUMNS,
  type Entity,
  type EntityRow,
  type EntitySchema,
  entityFromRow,
  HIDDEN_PREFIX,
  isDocument,
  type OrganisationSchemas,
  splitWords,
} from '../../entities/index.ts';
import { json, type Sql, sql, type TenantQueries } from '../../storage/index.ts';
import { type Comparison, comparisonOf, normalValue } from './identifier-value.ts';

interface Wanted {
  readonly name: string;
  readonly member: string;
  readonly comparison: Comparison;
  readonly value: string;
}

/** Enough to tell one from several, with room for candidates that only look alike in the database. */
const MOST_CANDIDATES = 200;

/**
 * The entities of a schema whose attributes all have the shown values, compared as portal §4.3 step 2 says; of a repeatable attribute any item
 * may match. An unknown schema, or no values, match nothing.
 */
export async function matchingEntities(
  queries: TenantQueries,
  schemas: OrganisationSchemas,
  slug: string,
  values: Readonly<Record<string, string>>,
): Promise<Entity[]> {
  const schema = schemas.find(slug);
  const wanted = Object.entries(values).map(([name, value]) => wantedValue(schema, name, value));
  if (!schema || wanted.length === 0 || wanted.some(({ value }) => value === '')) return [];
  const rows = await queries.query<EntityRow>(sql`
    with candidate as materialized (
      select ${ENTITY_COLUMNS} from searchable_entity e
       where e.org_id = ${queries.org} and e.deleted_at is null and e.schema = ${slug} and ${wordsOf(wanted)})
    select * from candidate e
     where not exists (
       select 1 from jsonb_to_recordset(${json(wanted)}::jsonb) as w(name text, member text, comparison text, value text)
        where not exists (
          select 1 from jsonb_path_query(e.doc -> w.name, 'lax $[*]') as item(value),
                        lateral (select coalesce(item.value ->> w.member, item.value #>> '{}') as shown) as s
           where case w.comparison
                   when 'text' then lower(btrim(s.shown)) = w.value
                   when 'phone' then right(regexp_replace(s.shown, '\\D', '', 'g'), 6) = right(w.value, 6)
                   else true end))
     order by e.created_at, e.id limit ${MOST_CANDIDATES}`);
  return rows.map(entityFromRow).filter((entity) => wanted.every((one) => hasValue(entity, one)));
}

/** Whether an entity has a shown value in an attribute. */
export function hasIdentifier(
  schema: EntitySchema | undefined,
  entity: Entity,
  name: string,
  value: string,
): boolean {
  const wanted = wantedValue(schema, name, value);
  return wanted.value !== '' && hasValue(entity, wanted);
}

function wantedValue(schema: EntitySchema | undefined, name: string, value: string): Wanted {
  const comparison = comparisonOf(schema?.attribute(name)?.type);
  const member = schema?.isRepeatable(name) ? schema.itemMember(name) : name;
  return { name, member, comparison, value: normalValue(value, comparison) };
}

function hasValue(entity: Entity, { name, member, comparison, value }: Wanted): boolean {
  const stored = entity.doc[name];
  const items: unknown[] = Array.isArray(stored) ? stored : [stored];
  return items.some((item) => normalValue(isDocument(item) ? item[member] : item, comparison) === value);
}

/** Texts are found by their words first. Phone and other numbers are written in too many ways for that: alone they cost a scan of the schema. */
function wordsOf(wanted: readonly Wanted[]): Sql {
  const words = wanted
    .filter(({ comparison }) => comparison === 'text')
    .flatMap(({ value }) => splitWords(value))
    .slice(0, 20);
  if (words.length === 0) return sql`true`;
  const query = [...new Set(words)].map((word) => `('${word}' | '${HIDDEN_PREFIX}${word}')`).join(' & ');
  return sql`e.words @@ ${query}::tsquery`;
}
