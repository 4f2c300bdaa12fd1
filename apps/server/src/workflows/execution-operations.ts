import { asObject, type JsonObject } from '../contract/json-object.ts';
import type { Operations } from '../contract/operation-types.ts';
import { findEntities } from '../entities/index.ts';
import { reply } from '../http/call.ts';
import { invalid, notFound } from '../refusal.ts';
import type { TenantQueries } from '../storage/index.ts';
import { changeStep } from './change-step.ts';
import { findDefinition } from './definition-store.ts';
import { withDueDates } from './dynamic-due-date.ts';
import { stepsOf, type WorkflowExecution } from './execution.ts';
import { findExecution, lockExecution, saveExecution } from './execution-store.ts';
import { shortId } from './short-id.ts';
import { startExecution } from './start-execution.ts';
import { overdueFrom, watchDueSteps } from './step-due.ts';
import type { WorkflowPlatform } from './workflow-platform.ts';

const STEP_MEMBERS = [
  ...['assignedTo', 'assignedToInProgress', 'assignedToOnHold', 'status', 'dueDate', 'name', 'description'],
  'dynamicDueDate',
  ...['startedTime', 'completedTime'],
] as const;
const EXECUTION_MEMBERS = [
  ...['assignedTo', 'selectedClosingReasons', 'closingReasonDescription', 'dueDate', 'completedTime'],
] as const;

/** Workflows that run for entities (contract `workflow`, the linear form), as staff start and follow them. */
export function executionOperations({ clock, access }: WorkflowPlatform): Operations<'workflow'> {
  return {
    async createExecution(call) {
      await access.requireGrant(call, 'workflow:execution:create');
      const { workflowId, trigger = 'MANUAL', contexts = [], assignedTo, purposes } = call.body;
      const definition = await findDefinition(call.tenant, workflowId);
      if (!definition) throw invalid({ path: 'body.workflowId', message: 'is no workflow definition' });
      await requireEntities(call.tenant, contexts);
      const more = {
        trigger,
        contexts,
        ...(assignedTo ? { assignedTo } : {}),
        ...(purposes ? { taxonomies: purposes } : {}),
      };
      const now = clock.now();
      const started = startExecution(definition, { id: shortId(), now, more, newId: shortId });
      const execution = { ...started, body: withDueDates(started) };
      const entityIds = contexts.map(({ id }) => id);
      await call.tenant.transaction(async (tx) => {
        await saveExecution(tx, execution, entityIds);
        await watchDueSteps(tx, execution.id, stepsOf(execution), now);
      });
      return toWire(call.tenant.org, execution);
    },

    async getExecution(call) {
      await access.requireGrant(call, 'workflow:execution:view');
      const execution = await findExecution(call.tenant, call.parameters.executionId);
      if (!execution) throw unknownExecution();
      return toWire(call.tenant.org, execution);
    },

    async updateExecution(call) {
      await access.requireGrant(call, 'workflow:execution:edit');
      const { status, contexts } = call.body;
      if (contexts) await requireEntities(call.tenant, contexts);
      await call.tenant.transaction(async (tx) => {
        const found = await lockExecution(tx, call.parameters.executionId);
        if (!found) throw unknownExecution();
        const { execution } = found;
        const body = {
          ...execution.body,
          ...part(asObject(call.body), EXECUTION_MEMBERS),
          ...(contexts ? { contexts } : {}),
        };
        const now = clock.now();
        const changed = { ...execution, body, status: status ?? execution.status, updatedAt: now };
        await saveExecution(tx, changed, contexts ? contexts.map(({ id }) => id) : found.contexts);
        // What fell due while the workflow did not run has been passed over.
        const isReopened = changed.status === 'STARTED' && execution.status !== 'STARTED';
        if (isReopened) await watchDueSteps(tx, execution.id, stepsOf(changed), now);
      });
      return reply(204, undefined);
    },

    async updateStep(call) {
      await access.requireGrant(call, 'workflow:execution:task:update');
      const { executionId, stepId } = call.parameters;
      const { dueDate } = call.body;
      if (dueDate && !overdueFrom(dueDate))
        throw invalid({ path: 'body.dueDate', message: 'is no date and no instant' });
      return call.tenant.transaction(async (tx) => {
        const found = await lockExecution(tx, executionId);
        const step = found && stepsOf(found.execution).find(({ id }) => id === stepId);
        if (!found || !step) throw notFound('The workflow step', 'WORKFLOW_STEP_NOT_FOUND');
        const now = clock.now();
        const isDone = call.body.status === 'COMPLETED' && step['status'] !== 'COMPLETED';
        const changed = {
          ...step,
          ...(isDone ? { completedTime: now.toISOString() } : {}),
          // A new rule counts instead of the date that an earlier one has led to.
          ...(call.body.dynamicDueDate ? { dueDate: undefined } : {}),
          ...part(asObject(call.body), STEP_MEMBERS),
          lastUpdated: now.toISOString(),
        };
        return changeStep(tx, found, changed, now);
      });
    },
  };
}

/** Throws 400 for a context that names no entity. */
async function requireEntities(
  queries: TenantQueries,
  contexts: readonly { readonly id: string; readonly schema: string }[],
): Promise<void> {
  const found = await findEntities(
    queries,
    contexts.map(({ id }) => id),
  );
  const problems = contexts.flatMap(({ id, schema }, at) =>
    found.some((entity) => entity.id === id && entity.schema === schema)
      ? []
      : [{ path: `body.contexts[${at}].id`, message: `is no ${schema}` }],
  );
  if (problems.length > 0) throw invalid(problems);
}

function toWire(org: string, { id, status, body, createdAt, updatedAt }: WorkflowExecution): JsonObject {
  return {
    ...body,
    id,
    orgId: org,
    status,
    creationTime: createdAt.toISOString(),
    lastUpdateTime: updatedAt.toISOString(),
  };
}

function part(source: JsonObject, members: readonly string[]): JsonObject {
  return Object.fromEntries(
    members.filter((name) => source[name] !== undefined).map((name) => [name, source[name]]),
  );
}

function unknownExecution() {
  return notFound('The workflow execution', 'WORKFLOW_EXECUTION_NOT_FOUND');
}
