import type { JsonObject } from '../contract/json-object.ts';
import type { TenantTransaction } from '../storage/index.ts';
import { withDueDates } from './dynamic-due-date.ts';
import { stepsOf, type WorkflowExecution, withStep } from './execution.ts';
import { saveExecution } from './execution-store.ts';
import { watchDueSteps } from './step-due.ts';

/**
 * Stores a step that has changed, with what follows for the others: steps that fall due so long after it was closed get their due date. The execution
 * must be locked. Answers the step as it is stored.
 */
export async function changeStep(
  tx: TenantTransaction,
  { execution, contexts }: { readonly execution: WorkflowExecution; readonly contexts: readonly string[] },
  step: JsonObject,
  now: Date,
): Promise<JsonObject> {
  const body = withDueDates({ ...execution, body: withStep(execution.body, step) });
  await saveExecution(tx, { ...execution, body, updatedAt: now }, contexts);
  const steps = stepsOf({ body });
  const before = new Map(stepsOf(execution).map((one) => [one['id'], one['dueDate']]));
  const dated = steps.filter((one) => one['id'] === step['id'] || before.get(one['id']) !== one['dueDate']);
  await watchDueSteps(tx, execution.id, dated, now);
  return steps.find(({ id }) => id === step['id']) ?? step;
}
