import { ExpressionError } from '@busbar/jsonata';
import { JsonPathLimitError } from '../jsonpath/json-path-error.ts';
import { AWAITING_ANSWER } from './awaiting-answer.ts';
import type { MappingProblemCategory, MappingProblemCode } from './mapping-problem.ts';

/** A failure that costs an attribute, an item or a mapping, but not the event (spec ERP §6.12). */
export interface ExpressionFailure {
  readonly code: MappingProblemCode;
  readonly category: MappingProblemCategory;
  readonly message: string;
}

/**
 * Turns what an expression or path threw into a failure: limits of time, depth or size are `TIMEOUT`, anything else of
 * theirs `MAPPING_EXPRESSION_FAILED`. For an answer still awaited the round is discarded, so what is said then is of no
 * consequence. Errors of any other kind are ours and are thrown on.
 */
export function expressionFailure(error: unknown): ExpressionFailure {
  if (error === AWAITING_ANSWER) return failed('MAPPING_EXPRESSION_FAILED', 'validation', 'Not answered yet');
  if (error instanceof JsonPathLimitError) return failed('TIMEOUT', 'timeout', error.message);
  if (!(error instanceof ExpressionError)) throw error;
  if (error.code === 'EXPRESSION_TIMEOUT' || error.code === 'EXPRESSION_LIMIT') {
    return failed('TIMEOUT', 'timeout', 'The expression exceeded its limits');
  }
  // The evaluator's own message may quote payload values, which must not reach monitoring (spec ERP §11.1).
  const detail = error.jsonataCode === undefined ? '' : ` (${error.jsonataCode})`;
  const place = error.position === undefined ? '' : ` at position ${error.position}`;
  return failed('MAPPING_EXPRESSION_FAILED', 'validation', `The expression failed${detail}${place}`);
}

function failed(
  code: MappingProblemCode,
  category: MappingProblemCategory,
  message: string,
): ExpressionFailure {
  return { code, category, message };
}
