import { asObject, type JsonObject } from '../../../contract/json-object.ts';

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

/** Whether every step that a step waits for is done; unknown requirements wait for ever. */
export function areRequirementsMet(step: JsonObject, steps: readonly JsonObject[]): boolean {
  const requirements = Array.isArray(step['requirements']) ? step['requirements'].map(asObject) : [];
  return requirements.every((requirement) => {
    const awaited = steps.find(({ id }) => id === (requirement['definitionId'] ?? requirement['id']));
    const byDefinition =
      awaited ?? steps.find(({ definitionId }) => definitionId === requirement['definitionId']);
    return byDefinition?.['status'] === 'COMPLETED' || byDefinition?.['status'] === 'SKIPPED';
  });
}
