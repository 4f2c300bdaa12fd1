import { type Expression, ExpressionError, parseExpression } from '@busbar/jsonata';
import type { ConfigNode } from '../configuration/config-node.ts';

/** Parses the JSONata at a place of the configuration; an issue with its position when it does not parse (spec ERP §6.2). */
export function compileExpression(node: ConfigNode): Expression | undefined {
  if (typeof node.value !== 'string') return node.refuse('INVALID_VALUE', 'Must be a JSONata expression');
  try {
    return parseExpression(node.value);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const code = error.code === 'EXPRESSION_LIMIT' ? 'EXPRESSION_LIMIT' : 'EXPRESSION_SYNTAX';
    return node.refuse(code, error.message, error.position);
  }
}

/** As `compileExpression`, for a member that may be absent. */
export function compileOptionalExpression(node: ConfigNode): Expression | undefined {
  return node.absent ? undefined : compileExpression(node);
}
