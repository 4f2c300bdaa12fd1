import type { JsonObject } from '../contract/json-object.ts';
import { enqueue } from '../jobs/index.ts';
import type { TenantTransaction } from '../storage/index.ts';
import { isClosed } from './execution.ts';

/** Jobs that come up when steps fall due; whoever cares about overdue steps handles them. */
export const STEP_DUE_QUEUE = 'workflow-step-due';

/** What such a job carries. One without a step was left by an upgrade: the steps of this execution are not watched yet. */
export interface StepDue {
  readonly executionId: string;
  readonly stepId?: string;
  /** As the step had it; a step that has another one by now is watched by another job. */
  readonly dueDate?: string;
}

const FORM = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const DAY_MS = 86_400_000;

/**
 * From when on a step with this due date is overdue (UTC); undefined for a text that is no date. An instant without a zone is UTC. A day is over at
 * the midnight of UTC that follows it, which is one or two hours after midnight in Germany.
 */
export function overdueFrom(dueDate: unknown): Date | undefined {
  const [, day, time, zone] = (typeof dueDate === 'string' && FORM.exec(dueDate)) || [];
  const midnight = new Date(`${day}T00:00:00Z`);
  const isRealDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().slice(0, 10) === day;
  if (day === undefined || !isRealDay) return undefined;
  if (time === undefined) return new Date(midnight.getTime() + DAY_MS);
  const instant = new Date(`${day}${time}${zone === undefined ? 'Z' : ''}`);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

/** Has a job come up for each of these steps of an execution that is open and has a due date, when that has passed. Asking again adds none. */
export async function watchDueSteps(
  tx: TenantTransaction,
  executionId: string,
  steps: readonly JsonObject[],
  now: Date,
): Promise<void> {
  for (const { id, dueDate, ...step } of steps) {
    const runAt = overdueFrom(dueDate);
    if (!runAt || isClosed(step)) continue;
    const payload: StepDue = { executionId, stepId: String(id), dueDate: String(dueDate) };
    const coalesceKey = `${executionId} ${String(id)} ${String(dueDate)}`;
    await enqueue(tx, { queue: STEP_DUE_QUEUE, payload, coalesceKey, runAt }, now);
  }
}

/** Whether a step is what a job came up for: still open, and due when the job says. */
export function isOverdue(step: JsonObject, { dueDate }: StepDue): boolean {
  return step['dueDate'] === dueDate && !isClosed(step);
}
