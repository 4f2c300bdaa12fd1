import { json, sql, type TenantQueries } from '../../../storage/index.ts';

/** An entity of a test's graph. */
export interface GraphEntity {
  readonly id: string;
  readonly schema: string;
  readonly doc: Readonly<Record<string, unknown>>;
  readonly isDeleted: boolean;
}

/** A relation of a test's graph. */
export interface GraphEdge {
  readonly from: GraphEntity;
  readonly attribute: string;
  readonly to: GraphEntity;
}

/** Stores entities and their edges as writes would leave them, combinations that no write would make included. */
export async function insertGraph(
  queries: TenantQueries,
  entities: readonly GraphEntity[],
  edges: readonly GraphEdge[],
): Promise<void> {
  await queries.run(sql`
    insert into entity (org_id, id, schema, doc, created_at, updated_at, deleted_at)
    select ${queries.org}, e.id, e.schema, e.doc, now(), now(), case when e."isDeleted" then now() end
      from jsonb_to_recordset(${json(entities)}::jsonb) as e(id uuid, schema text, doc jsonb, "isDeleted" boolean)`);
  const rows = edges.map(({ from, attribute, to }) => ({
    attribute,
    from_id: from.id,
    from_schema: from.schema,
    to_id: to.id,
    to_schema: to.schema,
  }));
  await queries.run(sql`
    insert into entity_edge (org_id, from_id, from_schema, attribute, to_id, to_schema, position)
    select ${queries.org}, g.from_id, g.from_schema, g.attribute, g.to_id, g.to_schema, 0
      from jsonb_to_recordset(${json(rows)}::jsonb) as g(from_id uuid, from_schema text, attribute text, to_id uuid, to_schema text)
    on conflict do nothing`);
}
