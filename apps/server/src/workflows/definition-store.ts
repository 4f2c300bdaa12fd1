import type { JsonObject } from '../contract/json-object.ts';
import { json, sql, type TenantQueries } from '../storage/index.ts';

/** What workflows are started from. Instants are UTC. */
export interface WorkflowDefinition {
  readonly id: string;
  /** Name, settings and flow, without the members that the server keeps. */
  readonly body: JsonObject;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface Row {
  readonly id: string;
  readonly body: JsonObject;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** More definitions of one organisation are not listed. */
const MOST_LISTED = 1_000;

/** Stores a definition; one with the same id is replaced and keeps its time of creation. */
export async function saveDefinition(queries: TenantQueries, definition: WorkflowDefinition): Promise<void> {
  const { id, body, createdAt, updatedAt } = definition;
  await queries.run(sql`
    insert into workflow_definition (org_id, id, body, created_at, updated_at)
    values (${queries.org}, ${id}, ${json(body)}::jsonb, ${createdAt}, ${updatedAt})
    on conflict (org_id, id) do update set body = excluded.body, updated_at = excluded.updated_at`);
}

/** One definition; undefined when there is none with this id. */
export async function findDefinition(
  queries: TenantQueries,
  id: string,
): Promise<WorkflowDefinition | undefined> {
  const row = await queries.first<Row & object>(sql`
    select id, body, created_at, updated_at from workflow_definition where org_id = ${queries.org} and id = ${id}`);
  return row && fromRow(row);
}

/** All definitions, in the order of their ids. */
export async function listDefinitions(queries: TenantQueries): Promise<WorkflowDefinition[]> {
  const rows = await queries.query<Row & object>(sql`
    select id, body, created_at, updated_at from workflow_definition
     where org_id = ${queries.org} order by id limit ${MOST_LISTED}`);
  return rows.map(fromRow);
}

/** Removes a definition; false when there was none. What was started from it goes on. */
export async function removeDefinition(queries: TenantQueries, id: string): Promise<boolean> {
  return (
    (await queries.run(sql`delete from workflow_definition where org_id = ${queries.org} and id = ${id}`)) > 0
  );
}

function fromRow({ id, body, created_at: createdAt, updated_at: updatedAt }: Row): WorkflowDefinition {
  return { id, body, createdAt, updatedAt };
}
