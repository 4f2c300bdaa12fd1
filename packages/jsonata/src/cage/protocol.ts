import type { ExpressionErrorCode, ExpressionErrorDetail } from '../expression-error.ts';
import type { Scope } from '../scope.ts';

/** One evaluation for the child process. */
export interface Job {
  readonly id: number;
  readonly source: string;
  readonly scope: Scope;
}

/** What the child is started with. */
export interface Batch {
  readonly jobs: readonly Job[];
  /** Milliseconds after which the reference evaluator gives up on one job by itself. */
  readonly timeoutMs: number;
}

/**
 * Answers of the child, results as JSON text (undefined: no value), jobs in the order they were sent; `free` when it has
 * finished or put the rest of a batch aside.
 */
export type Reply =
  | { readonly kind: 'result'; readonly id: number; readonly json: string | undefined }
  | {
      readonly kind: 'error';
      readonly id: number;
      readonly code: ExpressionErrorCode;
      readonly message: string;
      readonly detail: ExpressionErrorDetail;
    }
  | { readonly kind: 'free' };
