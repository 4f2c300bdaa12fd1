import { asObject, type JsonObject } from '../contract/json-object.ts';

export type ExecutionStatus = 'STARTED' | 'DONE' | 'CLOSED';

/** A running or finished workflow (spec/entities.md §3.2). Instants are UTC. */
export interface WorkflowExecution {
  readonly id: string;
  readonly status: ExecutionStatus;
  /** Name, definition, due date and the flow: sections with steps, or steps of their own. */
  readonly body: JsonObject;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The steps of an execution in their order, those of sections included. */
export function stepsOf(execution: Pick<WorkflowExecution, 'body'>): JsonObject[] {
  return flowOf(execution.body).flatMap((item) => (isSection(item) ? sectionSteps(item) : [item]));
}

export function flowOf(body: JsonObject): JsonObject[] {
  return Array.isArray(body['flow']) ? body['flow'].map(asObject) : [];
}

export function isSection(item: JsonObject): boolean {
  return Array.isArray(item['steps']);
}

export function sectionSteps(section: JsonObject): JsonObject[] {
  return Array.isArray(section['steps']) ? section['steps'].map(asObject) : [];
}

/**
 * Whether all steps and sections that a step waits for are closed. They are named by id or by the id of their definition; what is named and
 * does not exist keeps the step waiting. A step without requirements is open unless it says otherwise.
 */
export function areRequirementsMet(step: JsonObject, body: JsonObject): boolean {
  const requirements = Array.isArray(step['requirements']) ? step['requirements'].map(asObject) : [];
  if (requirements.length === 0) return step['enabled'] !== false;
  const items = flowOf(body).flatMap((item) => [item, ...sectionSteps(item)]);
  return requirements.every(({ id, definitionId }) => {
    const awaited = items.find(
      (item) =>
        (id !== undefined && item['id'] === id) ||
        (definitionId !== undefined && item['definitionId'] === definitionId),
    );
    return awaited !== undefined && isClosed(awaited);
  });
}

/** Whether a step, or every step of a section, is completed or skipped. */
export function isClosed(item: JsonObject): boolean {
  if (isSection(item)) return sectionSteps(item).every(isClosed);
  return item['status'] === 'COMPLETED' || item['status'] === 'SKIPPED';
}

/** The body with the step of the same id replaced. */
export function withStep(body: JsonObject, step: JsonObject): JsonObject {
  const replaced = (one: JsonObject) => (one['id'] === step['id'] ? step : one);
  const flow = flowOf(body).map((item) =>
    isSection(item) ? { ...item, steps: sectionSteps(item).map(replaced) } : replaced(item),
  );
  return { ...body, flow };
}
