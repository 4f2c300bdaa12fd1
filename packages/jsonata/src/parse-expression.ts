import jsonata from 'jsonata';
import { ExpressionError } from './expression-error.ts';

/** A parsed expression. `mode` says whether it runs compiled in process or needs the cage. */
export interface Expression {
  readonly source: string;
  readonly mode: 'compiled' | 'caged';
}

/**
 * Parses an expression of at most 15 000 characters.
 * Throws ExpressionError EXPRESSION_SYNTAX (with position) or EXPRESSION_LIMIT.
 */
export function parseExpression(source: string): Expression {
  if (source.length > 15_000) {
    throw new ExpressionError('EXPRESSION_LIMIT', 'The expression is longer than 15000 characters');
  }
  try {
    jsonata(source);
  } catch (error) {
    throw syntaxError(error);
  }
  return { source, mode: 'caged' };
}

function syntaxError(error: unknown): ExpressionError {
  if (typeof error !== 'object' || error === null)
    return new ExpressionError('EXPRESSION_SYNTAX', String(error));
  const message = 'message' in error && typeof error.message === 'string' ? error.message : 'Syntax error';
  return new ExpressionError('EXPRESSION_SYNTAX', message, {
    ...('position' in error && typeof error.position === 'number' ? { position: error.position } : {}),
    ...('token' in error && typeof error.token === 'string' ? { token: error.token } : {}),
    ...('code' in error && typeof error.code === 'string' ? { jsonataCode: error.code } : {}),
  });
}
