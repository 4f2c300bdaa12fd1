import { json, sql, type TenantQueries } from '../../../storage/index.ts';
import { relationItems } from '../../model/relation-items.ts';
import { entityWords } from '../../words.ts';

/** An entity as a test writes it. */
export interface TestEntity {
  readonly id: string;
  readonly schema: string;
  readonly title: string;
  readonly doc: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly deletedAt?: Date;
}

/** Members a free search must not see: in the tests, those beginning with `secret`. */
export const TEST_SCHEMA = { isSearchable: (member: string) => !member.startsWith('secret') };

/** Stores entities with their words and edges as a write would, without its rules. */
export async function insertEntities(queries: TenantQueries, entities: readonly TestEntity[]): Promise<void> {
  const rows = entities.map((entity) => ({
    ...entity,
    words: entityWords(TEST_SCHEMA, entity.title, entity.doc),
  }));
  await queries.run(sql`
    insert into entity (org_id, id, schema, doc, title, created_at, updated_at, deleted_at, words)
    select ${queries.org}, (r->>'id')::uuid, r->>'schema', r->'doc', r->>'title', (r->>'createdAt')::timestamptz,
           (r->>'createdAt')::timestamptz, (r->>'deletedAt')::timestamptz,
           array_to_tsvector(array(select distinct jsonb_array_elements_text(r->'words')))
      from jsonb_array_elements(${json(rows)}::jsonb) r`);
  const edges = entities.flatMap((entity) =>
    Object.entries(entity.doc).flatMap(([attribute, value]) =>
      (relationItems(value) ?? []).map((item, position) => ({
        from: entity,
        attribute,
        to: item.entity_id,
        position,
      })),
    ),
  );
  await queries.run(sql`
    insert into entity_edge (org_id, from_id, from_schema, attribute, to_id, to_schema, position)
    select ${queries.org}, (r#>>'{from,id}')::uuid, r#>>'{from,schema}', r->>'attribute', (r->>'to')::uuid, '', (r->>'position')::int
      from jsonb_array_elements(${json(edges)}::jsonb) r
    on conflict do nothing`);
}
