import type { Operations } from '../../contract/operation-types.ts';
import type { PortalEntitiesPlatform } from './platform.ts';
import { finishStep } from './workflows/finish-step.ts';
import { visibleWorkflows } from './workflows/visible-workflows.ts';

/** `getEntityWorkflows` and `updateWorkflowStepAsDone` (spec/portal.md §5.13). */
export function workflowOperations(platform: PortalEntitiesPlatform): Operations<'customer-portal'> {
  return {
    async getEntityWorkflows(call) {
      const access = await platform.accessOf(call);
      const entity = await access.load(call.parameters.slug, call.parameters.id);
      return { workflow_executions: await visibleWorkflows(call.tenant, access, entity.id) };
    },

    updateWorkflowStepAsDone: (call) =>
      finishStep(platform, call, call.parameters.workflow_id, call.parameters.step_id),
  };
}
