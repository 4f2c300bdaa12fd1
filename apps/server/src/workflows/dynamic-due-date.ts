import { asObject, type JsonObject } from '../contract/json-object.ts';
import {
  flowOf,
  isClosed,
  isSection,
  sectionSteps,
  stepsOf,
  type WorkflowExecution,
  withStep,
} from './execution.ts';

const DAY = 86_400_000;
const MILLISECONDS: Readonly<Record<string, number>> = {
  minutes: 60_000,
  hours: 3_600_000,
  days: DAY,
  weeks: 7 * DAY,
};
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The body with the due dates that `dynamicDueDate` of its open steps now leads to: so much time after the start of the workflow, after another step
 * was closed, or after the last step of a section was (contract schema `DynamicDueDate`). A step that has a due date keeps it, so that staff
 * have the last word and nothing moves twice.
 */
export function withDueDates(execution: Pick<WorkflowExecution, 'body' | 'createdAt'>): JsonObject {
  return stepsOf(execution).reduce<JsonObject>((body, step) => {
    if (step['dueDate'] || isClosed(step)) return body;
    const rule = asObject(step['dynamicDueDate']);
    const start = startOf(rule, execution);
    const due = start && later(start, rule);
    return due ? withStep(body, { ...step, dueDate: due.toISOString() }) : body;
  }, execution.body);
}

/** The instant a rule counts from; undefined while what it waits for has not happened. */
function startOf(
  { actionTypeCondition: condition, stepId, phaseId }: JsonObject,
  { body, createdAt }: Pick<WorkflowExecution, 'body' | 'createdAt'>,
): Date | undefined {
  const isNamed = (id: unknown) => (item: JsonObject) =>
    id !== undefined && (item['id'] === id || item['definitionId'] === id);
  if (condition === 'WORKFLOW_STARTED') return createdAt;
  if (condition === 'STEP_CLOSED') {
    const step = stepsOf({ body }).find(isNamed(stepId));
    return step && isClosed(step) ? closedAt([step]) : undefined;
  }
  if (condition !== 'PHASE_FINISHED') return undefined;
  const section = flowOf(body).filter(isSection).find(isNamed(phaseId));
  const steps = section ? sectionSteps(section) : [];
  return steps.length > 0 && steps.every(isClosed) ? closedAt(steps) : undefined;
}

/** When the last of some closed steps was closed: skipped ones have no time of completion. */
function closedAt(steps: readonly JsonObject[]): Date | undefined {
  const times = steps.map((step) => Date.parse(String(step['completedTime'] ?? step['lastUpdated'])));
  const last = Math.max(...times);
  return Number.isNaN(last) ? undefined : new Date(last);
}

/** So many units later; months keep the day, or end with the month. Undefined for what is no such rule. */
function later(start: Date, { numberOfUnits: units, timePeriod: period }: JsonObject): Date | undefined {
  if (typeof units !== 'number' || units < 0) return undefined;
  const unit = MILLISECONDS[String(period)];
  const due = unit === undefined ? monthsLater(start, period, units) : start.getTime() + units * unit;
  return due !== undefined && due <= LATEST ? new Date(due) : undefined;
}

function monthsLater(start: Date, period: unknown, months: number): number | undefined {
  if (period !== 'months') return undefined;
  const month = start.getUTCMonth() + Math.trunc(months);
  const lastDay = new Date(Date.UTC(start.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(start.getUTCDate(), lastDay);
  const moved = Date.UTC(start.getUTCFullYear(), month, day);
  return moved + (start.getTime() % DAY);
}
