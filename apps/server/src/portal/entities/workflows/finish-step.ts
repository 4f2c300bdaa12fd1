import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import { createActivity } from '../../../entities/index.ts';
import type { Call } from '../../../http/call.ts';
import { forbidden, invalid, notFound } from '../../../refusal.ts';
import type { TenantTransaction } from '../../../storage/index.ts';
import { areRequirementsMet, changeStep, lockExecution, stepsOf } from '../../../workflows/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import type { PortalEntitiesPlatform } from '../platform.ts';
import { portalSource } from '../updating/caller-source.ts';
import { isForPortals, isVisible, portalPart, showStep } from './visible-workflows.ts';

/**
 * Marks a step that the portal shows as done (spec/portal.md §5.13); one that is done stays as it is. Answers the step as the portal shows it.
 * @throws Refusal 404 unknown, out of reach or not shown, 403 for steps that staff finish, 400 while requirements are open or the workflow
 * is not running
 */
export async function finishStep(
  { accessOf, clock }: PortalEntitiesPlatform,
  call: Pick<Call, 'principal' | 'tenant'>,
  executionId: string,
  stepId: string,
): Promise<JsonObject> {
  const access = await accessOf(call);
  if (access.user.readOnly) throw forbidden('Not permitted: finishing steps');
  return call.tenant.transaction((tx) => finish(tx, access.within(tx), executionId, stepId, clock.now()));
}

async function finish(
  tx: TenantTransaction,
  access: PortalAccess,
  executionId: string,
  stepId: string,
  now: Date,
): Promise<JsonObject> {
  const found = await lockExecution(tx, executionId);
  if (!found || !isForPortals(found.execution)) throw unknownStep();
  const [subject] = await access.loadMany(found.contexts);
  const { execution } = found;
  const { origin } = access.portal;
  const steps = stepsOf(execution);
  const step = steps.find(({ id }) => id === stepId);
  if (!subject || !step || !isVisible(step, origin)) throw unknownStep();
  if (step['status'] === 'COMPLETED') return showStep(step, origin);
  if (execution.status !== 'STARTED') throw invalid({ path: 'path.workflow_id', message: 'is not running' });
  if (!areRequirementsMet(step, execution.body))
    throw invalid({ path: 'path.step_id', message: 'waits for other steps' });
  if (asObject(portalPart(step, origin)['journey'])['complete_task_automatically'] === false) {
    throw forbidden('Not permitted: this step is finished by staff');
  }
  const done = {
    ...step,
    status: 'COMPLETED',
    completedTime: now.toISOString(),
    lastUpdated: now.toISOString(),
  };
  await changeStep(tx, found, done, now);
  await createActivity(
    tx,
    {
      type: 'EntityUpdatedFromPortal',
      title: 'Workflow step done in the portal',
      message: '{{caller}} finished a step of {{entity payload.entity.id payload.entity.schema}}',
      payload: {
        entity: { id: subject.id, schema: subject.schema },
        workflow_id: executionId,
        step_id: stepId,
      },
    },
    [subject.id],
    portalSource(access.user),
    now,
  );
  return showStep(done, origin);
}

function unknownStep() {
  return notFound('The workflow step', 'WORKFLOW_STEP_NOT_FOUND');
}
