import { runInNewContext } from 'node:vm';
import jsonata from 'jsonata';
import { compileProgram, type Program } from './compile/program.ts';
import { ExpressionError } from './expression-error.ts';
import { LIMITS } from './limits.ts';
import { measureTree } from './syntax/measure-tree.ts';
import { isRecord } from './values/json.ts';

/** A parsed expression. `mode` says whether it runs compiled in process or needs the cage. */
export interface Expression {
  readonly source: string;
  readonly mode: 'compiled' | 'caged';
}

/** In the order of their last use. */
const parsed = new Map<string, Expression>();
let parsedCharacters = 0;
const programs = new WeakMap<Expression, Program>();

/**
 * Parses an expression of at most 15 000 characters (spec erp-integration §2.4). The latest ones (2 000, a million
 * characters) are kept, so equal texts give the same object.
 * Throws ExpressionError EXPRESSION_SYNTAX with the position of the error, or EXPRESSION_LIMIT for a text or tree that is too large.
 */
export function parseExpression(source: string): Expression {
  const known = parsed.get(source);
  if (known !== undefined) {
    parsed.delete(source);
    parsed.set(source, known);
    return known;
  }
  const tree = parseTree(source);
  measureTree(tree);
  const program = compileProgram(tree);
  const expression: Expression = Object.freeze({
    source,
    mode: program === undefined ? 'caged' : 'compiled',
  });
  if (program !== undefined) programs.set(expression, program);
  remember(expression);
  return expression;
}

function remember(expression: Expression): void {
  parsed.set(expression.source, expression);
  parsedCharacters += expression.source.length;
  for (const oldest of parsed.keys()) {
    if (parsed.size <= LIMITS.cachedExpressions && parsedCharacters <= LIMITS.cachedCharacters) break;
    parsed.delete(oldest);
    parsedCharacters -= oldest.length;
  }
}

/** The program of a compiled expression that parseExpression made; undefined for caged ones. */
export function programOf(expression: Expression): Program | undefined {
  return programs.get(expression);
}

function parseTree(source: string): unknown {
  if (source.length > LIMITS.sourceLength) {
    throw new ExpressionError(
      'EXPRESSION_LIMIT',
      `The expression is longer than ${LIMITS.sourceLength} characters`,
    );
  }
  try {
    return copiesOperands(source) ? parseUnderWatch(source) : jsonata(source).ast();
  } catch (thrown) {
    throw syntaxError(thrown);
  }
}

/**
 * The parser copies the left side of `?:` and `??`, so nesting them doubles the work with every level. A handful cannot
 * hurt; more are parsed with a stop watch.
 */
function copiesOperands(source: string): boolean {
  const steps = source.split('.').length;
  return source.split(/\?[?:]/).length > 8 || steps > 1_000;
}

function parseUnderWatch(source: string): unknown {
  return runInNewContext('parse()', { parse: () => jsonata(source).ast() }, { timeout: LIMITS.parseMs });
}

function syntaxError(thrown: unknown): ExpressionError {
  const isTimeout = isRecord(thrown) && thrown.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
  if (isTimeout || thrown instanceof RangeError) {
    return new ExpressionError('EXPRESSION_LIMIT', 'The expression nests too deeply');
  }
  const message = isRecord(thrown) && typeof thrown.message === 'string' ? thrown.message : 'Syntax error';
  if (!isRecord(thrown)) return new ExpressionError('EXPRESSION_SYNTAX', message);
  return new ExpressionError('EXPRESSION_SYNTAX', message, {
    ...(typeof thrown.position === 'number' ? { position: thrown.position } : {}),
    ...(typeof thrown.token === 'string' ? { token: thrown.token } : {}),
    ...(typeof thrown.code === 'string' ? { jsonataCode: thrown.code } : {}),
  });
}
