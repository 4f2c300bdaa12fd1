import type { JsonObject } from '../contract/json-object.ts';
import type { WorkflowDefinition } from './definition-store.ts';
import { flowOf, isSection, sectionSteps, type WorkflowExecution } from './execution.ts';

/** What a definition says about itself and not about what is started from it. */
const STAYS_BEHIND: ReadonlySet<string> = new Set([
  'id',
  'creationTime',
  'lastUpdateTime',
  'enabled',
  'closingReasons',
]);

/**
 * A new execution of a definition: its sections and steps under ids of their own, nothing done yet. Each names the part of the definition it
 * comes from (`definitionId`), which is what requirements refer to.
 * @param now the instant of the start (UTC)
 */
export function startExecution(
  definition: WorkflowDefinition,
  settings: {
    readonly id: string;
    readonly now: Date;
    readonly more: JsonObject;
    readonly newId: () => string;
  },
): WorkflowExecution {
  const { id, now, more, newId } = settings;
  const kept = Object.entries(definition.body).filter(([name]) => !STAYS_BEHIND.has(name));
  const step = (item: JsonObject, sectionId: string | undefined): JsonObject => ({
    ...item,
    id: newId(),
    definitionId: item['id'],
    type: 'STEP',
    executionId: id,
    ...(sectionId === undefined ? {} : { sectionId }),
    status: hasAssignees(item) ? 'ASSIGNED' : 'UNASSIGNED',
    created: now.toISOString(),
    lastUpdated: now.toISOString(),
  });
  const flow = flowOf(definition.body).map((item) => {
    if (!isSection(item)) return step(item, undefined);
    const sectionId = newId();
    const steps = sectionSteps(item).map((one) => step(one, sectionId));
    return { ...item, id: sectionId, definitionId: item['id'], type: 'SECTION', status: 'OPEN', steps };
  });
  const body = { ...Object.fromEntries(kept), ...more, definitionId: definition.id, flow };
  return { id, status: 'STARTED', body, createdAt: now, updatedAt: now };
}

function hasAssignees(item: JsonObject): boolean {
  return Array.isArray(item['assignedTo']) && item['assignedTo'].length > 0;
}
