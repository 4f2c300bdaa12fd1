import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import {
  executionsOf,
  flowOf,
  isSection,
  sectionSteps,
  type WorkflowExecution,
} from '../../../workflows/index.ts';
import type { PortalAccess } from '../../access/index.ts';

/** What portals see of an execution and of a step besides status and portal texts; notes and automation details stay inside. */
const EXECUTION_MEMBERS = ['name', 'definitionId', 'dueDate', 'trigger'] as const;
const STEP_MEMBERS = [
  ...[
    'id',
    'definitionId',
    'name',
    'type',
    'status',
    'enabled',
    'created',
    'startedTime',
    'completedTime',
    'dueDate',
  ],
  ...['lastUpdated', 'sectionId', 'executionType', 'requirements', 'position'],
] as const;

/** The executions of an entity that a portal shows (spec/portal.md §5.13), newest first. Only for answers about an entity that is the caller's to see. */
export async function visibleWorkflows(
  queries: TenantQueries,
  access: PortalAccess,
  entityId: string,
): Promise<readonly JsonObject[]> {
  return (await visibleWorkflowsOf(queries, access, [entityId])).get(entityId) ?? [];
}

/** The same for many entities in one statement; entities without workflows are missing. */
export async function visibleWorkflowsOf(
  queries: TenantQueries,
  access: PortalAccess,
  entityIds: readonly string[],
): Promise<ReadonlyMap<string, readonly JsonObject[]>> {
  const executions = await executionsOf(queries, entityIds);
  const show = (execution: WorkflowExecution) => showExecution(execution, access.portal.origin);
  return new Map([...executions].map(([id, list]) => [id, list.filter(isForPortals).map(show)]));
}

/** Whether an execution is shown in portals at all. */
export function isForPortals({ body }: Pick<WorkflowExecution, 'body'>): boolean {
  return body['enableECPWorkflow'] === true || body['available_in_ecp'] === true;
}

/** An execution reduced to what the audience of a portal sees. */
export function showExecution(execution: WorkflowExecution, origin: string): JsonObject {
  const flow = flowOf(execution.body).flatMap((item) => {
    if (!isSection(item)) return isVisible(item, origin) ? [showStep(item, origin)] : [];
    const steps = sectionSteps(item).filter((step) => isVisible(step, origin));
    if (steps.length === 0) return [];
    return [{ ...part(item, STEP_MEMBERS), steps: steps.map((step) => showStep(step, origin)) }];
  });
  return {
    id: execution.id,
    ...part(execution.body, EXECUTION_MEMBERS),
    status: execution.status,
    creationTime: execution.createdAt.toISOString(),
    lastUpdateTime: execution.updatedAt.toISOString(),
    flow,
  };
}

/** Whether a step is shown to the audience of a portal: `ecp.enabled`, for installers `installer.enabled`. */
export function isVisible(step: JsonObject, origin: string): boolean {
  return portalPart(step, origin)['enabled'] === true;
}

/** A step with the name and description that its portal configuration gives. */
export function showStep(step: JsonObject, origin: string): JsonObject {
  const { label, description, journey } = portalPart(step, origin);
  return {
    ...part(step, STEP_MEMBERS),
    ...(typeof label === 'string' && label !== '' ? { name: label } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    [origin === 'INSTALLER_PORTAL' ? 'installer' : 'ecp']: {
      enabled: true,
      ...(label === undefined ? {} : { label }),
      ...(description === undefined ? {} : { description }),
      ...(journey === undefined ? {} : { journey }),
    },
  };
}

export function portalPart(step: JsonObject, origin: string): JsonObject {
  return asObject(step[origin === 'INSTALLER_PORTAL' ? 'installer' : 'ecp']);
}

function part(source: JsonObject, members: readonly string[]): JsonObject {
  return Object.fromEntries(
    members.filter((name) => source[name] !== undefined).map((name) => [name, source[name]]),
  );
}
