export { definitionOperations } from './definition-operations.ts';
export {
  areRequirementsMet,
  flowOf,
  isSection,
  sectionSteps,
  stepsOf,
  type WorkflowExecution,
  withStep,
} from './execution.ts';
export { executionOperations } from './execution-operations.ts';
export { activeExecutions, executionsOf, lockExecution, saveExecution } from './execution-store.ts';
export { forgetWorkflowsOf } from './forget-workflows.ts';
export type { WorkflowPlatform } from './workflow-platform.ts';
