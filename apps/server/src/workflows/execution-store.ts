import type { JsonObject } from '../contract/json-object.ts';
import { isEntityId } from '../entities/index.ts';
import { json, sql, type TenantQueries, type TenantTransaction } from '../storage/index.ts';
import type { ExecutionStatus, WorkflowExecution } from './execution.ts';

interface ExecutionRow {
  readonly id: string;
  readonly status: ExecutionStatus;
  readonly body: JsonObject;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const COLUMNS = sql`x.id, x.status, x.body, x.created_at, x.updated_at`;

/** Stores an execution and the entities it runs for, the primary one first. An execution that exists is replaced. */
export async function saveExecution(
  tx: TenantTransaction,
  execution: WorkflowExecution,
  contexts: readonly string[],
): Promise<void> {
  const { id, status, body, createdAt, updatedAt } = execution;
  await tx.run(sql`
    insert into workflow_execution (org_id, id, status, body, created_at, updated_at)
    values (${tx.org}, ${id}, ${status}, ${json(body)}::jsonb, ${createdAt}, ${updatedAt})
    on conflict (org_id, id) do update
       set status = excluded.status, body = excluded.body, updated_at = excluded.updated_at`);
  await tx.run(sql`delete from workflow_context where org_id = ${tx.org} and execution_id = ${id}`);
  await tx.run(sql`
    insert into workflow_context (org_id, entity_id, execution_id, is_primary)
    select ${tx.org}, c.id, ${id}, c.place = 1 from unnest(${[...new Set(contexts)]}::uuid[]) with ordinality as c(id, place)`);
}

/** The executions that run or ran for entities, newest first, by entity. */
export async function executionsOf(
  queries: TenantQueries,
  entityIds: readonly string[],
): Promise<ReadonlyMap<string, readonly WorkflowExecution[]>> {
  const known = entityIds.filter(isEntityId);
  const rows = await queries.query<ExecutionRow & { entity_id: string }>(sql`
    select c.entity_id, ${COLUMNS} from workflow_execution x
      join workflow_context c on c.org_id = x.org_id and c.execution_id = x.id
     where c.org_id = ${queries.org} and c.entity_id = any(${known}::uuid[]) order by x.created_at desc, x.id`);
  const found = new Map<string, WorkflowExecution[]>();
  for (const row of rows) found.set(row.entity_id, [...(found.get(row.entity_id) ?? []), fromRow(row)]);
  return found;
}

/** One execution; undefined when there is none with this id. */
export async function findExecution(
  queries: TenantQueries,
  id: string,
): Promise<WorkflowExecution | undefined> {
  const row = await queries.first<ExecutionRow & object>(
    sql`select ${COLUMNS} from workflow_execution x where x.org_id = ${queries.org} and x.id = ${id}`,
  );
  return row && fromRow(row);
}

/** One execution with the entities it runs for, the primary one first; undefined when there is none with this id. */
export async function findExecutionWithContexts(
  queries: TenantQueries,
  id: string,
): Promise<{ execution: WorkflowExecution; contexts: string[] } | undefined> {
  const execution = await findExecution(queries, id);
  return execution && { execution, contexts: await contextsOf(queries, id) };
}

/** Locks an execution; answers it with the entities it runs for, the primary one first. */
export async function lockExecution(
  tx: TenantTransaction,
  id: string,
): Promise<{ execution: WorkflowExecution; contexts: string[] } | undefined> {
  const row = await tx.first<ExecutionRow & object>(
    sql`select ${COLUMNS} from workflow_execution x where x.org_id = ${tx.org} and x.id = ${id} for update`,
  );
  return row && { execution: fromRow(row), contexts: await contextsOf(tx, id) };
}

async function contextsOf(queries: TenantQueries, executionId: string): Promise<string[]> {
  const rows = await queries.query<{ entity_id: string }>(sql`
    select entity_id from workflow_context
     where org_id = ${queries.org} and execution_id = ${executionId} order by is_primary desc, entity_id`);
  return rows.map(({ entity_id: id }) => id);
}

/** The running execution of each entity that has one; the newest where there are several. */
export async function activeExecutions(
  queries: TenantQueries,
  entityIds: readonly string[],
): Promise<Map<string, WorkflowExecution>> {
  const rows = await queries.query<ExecutionRow & { entity_id: string }>(sql`
    select distinct on (c.entity_id) c.entity_id, ${COLUMNS} from workflow_context c
      join workflow_execution x on x.org_id = c.org_id and x.id = c.execution_id
     where c.org_id = ${queries.org} and c.entity_id = any(${[...entityIds]}::uuid[]) and x.status = 'STARTED'
     order by c.entity_id, x.created_at desc, x.id`);
  return new Map(rows.map((row) => [row.entity_id, fromRow(row)]));
}

function fromRow(row: ExecutionRow): WorkflowExecution {
  const { id, status, body, created_at: createdAt, updated_at: updatedAt } = row;
  return { id, status, body, createdAt, updatedAt };
}
