export { changeStep } from './change-step.ts';
export { definitionOperations } from './definition-operations.ts';
export {
  areRequirementsMet,
  flowOf,
  isSection,
  sectionSteps,
  stepsOf,
  type WorkflowExecution,
} from './execution.ts';
export { executionOperations } from './execution-operations.ts';
export {
  activeExecutions,
  executionsOf,
  findExecutionWithContexts,
  lockExecution,
  saveExecution,
} from './execution-store.ts';
export { forgetWorkflowsOf } from './forget-workflows.ts';
export { isOverdue, STEP_DUE_QUEUE, type StepDue, watchDueSteps } from './step-due.ts';
export type { WorkflowPlatform } from './workflow-platform.ts';
