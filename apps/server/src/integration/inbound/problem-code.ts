/** Error categories of erp-integration.md 13 (contract: `error_category`). */
export type ErrorCategory = 'validation' | 'configuration' | 'downstream_api' | 'timeout' | 'system';

/** Something that went wrong with an event: a code of erp-integration.md 13 and a message without payload values. */
export interface EventProblem {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly category: ErrorCategory;
  readonly message: string;
}
