export { type CustomVariablesPlatform, customVariableOperations } from './custom-variable-operations.ts';
export { expandVariables } from './expand-variables.ts';
