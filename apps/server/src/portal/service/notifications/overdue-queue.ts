import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import { type Entity, findEntities } from '../../../entities/index.ts';
import type { SingleQueue } from '../../../jobs/index.ts';
import type { Tenant } from '../../../storage/index.ts';
import {
  findExecutionWithContexts,
  isOverdue,
  STEP_DUE_QUEUE,
  type StepDue,
  stepsOf,
  watchDueSteps,
} from '../../../workflows/index.ts';
import type { Portal } from '../../config/index.ts';
import { isForPortals, isVisible, showStep } from '../../entities/index.ts';
import { entityLink } from '../automation/template-links.ts';
import { usersInReach } from '../automation/users-in-reach.ts';
import type { NotificationPlatform } from './notification-queue.ts';
import { insertNotification, notificationNumber } from './notification-store.ts';
import { notifiesOf } from './notification-triggers.ts';

const TITLE = { de: 'Aufgabe überfällig', en: 'Task overdue' } as const;

/**
 * Notifies of steps that are overdue: every active user of a portal with the trigger `workflow_step_overdue` that shows the step, where the user
 * sees an entity that the workflow runs for. A step that is done, postponed or in a workflow that does not run any more is nobody's concern.
 */
export function overdueQueue(platform: NotificationPlatform): SingleQueue {
  return {
    name: STEP_DUE_QUEUE,
    attempts: 6,
    async handler({ payload }, { tenant }) {
      const due = stepDueOf(payload);
      const found = await findExecutionWithContexts(tenant, due.executionId);
      if (found?.execution.status !== 'STARTED') return;
      const steps = stepsOf(found.execution);
      if (due.stepId === undefined) {
        await tenant.transaction((tx) => watchDueSteps(tx, due.executionId, steps, platform.clock.now()));
        return;
      }
      const step = steps.find(({ id }) => id === due.stepId);
      if (!step || !isOverdue(step, due) || !isForPortals(found.execution)) return;
      const entities = await findEntities(tenant, found.contexts);
      for (const portal of await platform.portalsOf(tenant)) {
        if (!notifiesOf(portal.config, 'workflow_step_overdue') || !isVisible(step, portal.origin)) continue;
        await notify(platform, tenant, portal, { step, due, entities });
      }
    },
  };
}

async function notify(
  platform: NotificationPlatform,
  tenant: Tenant,
  portal: Portal,
  {
    step,
    due,
    entities,
  }: { readonly step: JsonObject; readonly due: StepDue; readonly entities: readonly Entity[] },
): Promise<void> {
  const id = notificationNumber(
    'workflow_step_overdue',
    due.executionId,
    String(due.stepId),
    String(due.dueDate),
  );
  const told = new Set<string>();
  const label = String(showStep(step, portal.origin)['name'] ?? '');
  for (const entity of entities) {
    const users = (await usersInReach(platform, tenant, [entity], portal)).filter(
      (user) => !told.has(user.id),
    );
    if (users.length === 0) continue;
    const text = [label, entity.title].filter((part) => part !== '').join(', ');
    const body = {
      ...{ type: 'workflow_step_overdue', title: TITLE, message: { de: text, en: text } },
      redirect_url: await entityLink(platform.pages, tenant, portal, entity),
    };
    await tenant.transaction(async (tx) => {
      for (const user of users) await insertNotification(tx, user.id, { id, body }, platform.clock.now());
    });
    for (const user of users) told.add(user.id);
  }
}

function stepDueOf(payload: unknown): StepDue {
  const { executionId, stepId, dueDate } = asObject(payload);
  return {
    executionId: String(executionId),
    ...(typeof stepId === 'string' ? { stepId } : {}),
    ...(typeof dueDate === 'string' ? { dueDate } : {}),
  };
}
