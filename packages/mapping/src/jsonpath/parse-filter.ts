import type { PathCursor } from './path-cursor.ts';
import {
  type Comparable,
  type ComparisonOperator,
  type Condition,
  type FilterQuery,
  isSingular,
  type PathQuery,
} from './path-syntax.ts';

/** What the filter grammar needs from its surroundings. */
export interface FilterContext {
  readonly cursor: PathCursor;
  readonly depth: number;
  readonly maxDepth: number;
  /** Reads the segments behind a `$` or `@`. */
  readonly parseQuery: () => PathQuery;
}

const OPERATORS: readonly ComparisonOperator[] = ['==', '!=', '<=', '>=', '<', '>'];

/** Parses a logical expression, weakest operator first (RFC 9535 §2.3.5.1). */
export function parseCondition(context: FilterContext): Condition {
  return parseOperands(context, '||', 'or', (inner) => parseOperands(inner, '&&', 'and', parseBasic));
}

function parseOperands(
  context: FilterContext,
  sign: string,
  kind: 'or' | 'and',
  parseOperand: (context: FilterContext) => Condition,
): Condition {
  const first = parseOperand(context);
  const operands = [first];
  const { cursor } = context;
  for (;;) {
    const before = cursor.position;
    cursor.skipBlanks();
    if (!cursor.accept(sign)) {
      cursor.rewind(before);
      return operands.length === 1 ? first : { kind, operands };
    }
    cursor.skipBlanks();
    operands.push(parseOperand(context));
  }
}

function parseBasic(context: FilterContext): Condition {
  const { cursor } = context;
  const negated = cursor.accept('!');
  if (negated) cursor.skipBlanks();
  if (cursor.sees('(')) {
    const operand = parseParenthesis(context);
    return negated ? { kind: 'not', operand } : operand;
  }
  const test = parseTextTest(context);
  if (test) return negated ? { kind: 'not', operand: test } : test;
  const left = parseComparable(context);
  cursor.skipBlanks();
  const operator = OPERATORS.find((sign) => cursor.accept(sign));
  if (operator === undefined) {
    if (left.kind !== 'query') return cursor.fail('Expected a comparison');
    const exists: Condition = { kind: 'exists', query: left.query };
    return negated ? { kind: 'not', operand: exists } : exists;
  }
  if (negated) cursor.fail('A comparison can only be negated in parentheses');
  cursor.skipBlanks();
  const right = parseComparable(context);
  requireSingleValue(cursor, left);
  requireSingleValue(cursor, right);
  return { kind: 'comparison', operator, left, right };
}

function parseParenthesis(context: FilterContext): Condition {
  const { cursor } = context;
  cursor.expect('(');
  cursor.skipBlanks();
  const condition = parseCondition(deeper(context));
  cursor.skipBlanks();
  cursor.expect(')');
  return condition;
}

function requireSingleValue(cursor: PathCursor, comparable: Comparable): void {
  if (comparable.kind === 'query' && !isSingular(comparable.query.query)) {
    cursor.fail('Only a path to a single node can be compared');
  }
}

function parseComparable(context: FilterContext): Comparable {
  const { cursor } = context;
  const query = parseFilterQuery(context);
  if (query) return { kind: 'query', query };
  const name = cursor.functionName();
  if (name !== undefined) return parseFunction(context, name);
  const text = cursor.string();
  if (text !== undefined) return { kind: 'literal', value: text };
  const number = cursor.number();
  if (number !== undefined) return { kind: 'literal', value: number };
  for (const [word, value] of [
    ['true', true],
    ['false', false],
    ['null', null],
  ] as const) {
    if (cursor.accept(word)) return { kind: 'literal', value };
  }
  return cursor.fail('Expected a path, a literal or a function');
}

function parseFilterQuery(context: FilterContext): FilterQuery | undefined {
  if (context.cursor.accept('@')) return { from: 'node', query: context.parseQuery() };
  if (context.cursor.accept('$')) return { from: 'document', query: context.parseQuery() };
  return undefined;
}

/** `match` and `search`, the functions that are conditions and not values (RFC 9535 §2.4.6, §2.4.7). */
function parseTextTest(context: FilterContext): Condition | undefined {
  const { cursor } = context;
  const kind = (['match', 'search'] as const).find((name) => cursor.accept(`${name}(`));
  if (kind === undefined) return undefined;
  const inner = deeper(context);
  cursor.skipBlanks();
  const text = parseSingleValue(inner);
  cursor.skipBlanks();
  cursor.expect(',');
  cursor.skipBlanks();
  const pattern = parseSingleValue(inner);
  cursor.skipBlanks();
  cursor.expect(')');
  return { kind, text, pattern };
}

function parseSingleValue(context: FilterContext): Comparable {
  const value = parseComparable(context);
  requireSingleValue(context.cursor, value);
  return value;
}

function deeper(context: FilterContext): FilterContext {
  if (context.depth >= context.maxDepth) context.cursor.fail('Filters are nested too deep');
  return { ...context, depth: context.depth + 1 };
}

/** `length`, `count` and `value`, the functions that are values (RFC 9535 §2.4.4, §2.4.5, §2.4.8). */
function parseFunction(context: FilterContext, name: string): Comparable {
  const { cursor } = context;
  if (name !== 'length' && name !== 'count' && name !== 'value')
    return cursor.fail(`There is no function ${name} that gives a value`);
  cursor.expect('(');
  cursor.skipBlanks();
  const result = parseArgument(deeper(context), name);
  cursor.skipBlanks();
  cursor.expect(')');
  return result;
}

function parseArgument(context: FilterContext, name: 'length' | 'count' | 'value'): Comparable {
  if (name === 'length') {
    return { kind: 'length', of: parseSingleValue(context) };
  }
  const query = parseFilterQuery(context);
  return query ? { kind: name, query } : context.cursor.fail(`Function ${name} takes a path`);
}
