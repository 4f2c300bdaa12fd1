import { isRecord } from '../json/record.ts';
import { compileIRegexp, type IRegexp } from './i-regexp.ts';
import type { CompileQuery, QueryRun } from './node-query.ts';
import type { Comparable, ComparisonOperator, Condition, FilterQuery } from './path-syntax.ts';

type Test = (node: unknown, run: QueryRun) => boolean;

/** A value of a comparison; undefined is RFC 9535's "Nothing", which JSON values never are. */
type ReadValue = (node: unknown, run: QueryRun) => unknown;

/** Turns the condition of a filter into a test of one node (RFC 9535 §2.3.5.2). Filters hold queries; `compileQuery` compiles those. */
export function compileCondition(condition: Condition, compileQuery: CompileQuery): Test {
  switch (condition.kind) {
    case 'or': {
      const tests = condition.operands.map((operand) => compileCondition(operand, compileQuery));
      return (node, run) => tests.some((test) => test(node, run));
    }
    case 'and': {
      const tests = condition.operands.map((operand) => compileCondition(operand, compileQuery));
      return (node, run) => tests.every((test) => test(node, run));
    }
    case 'not': {
      const test = compileCondition(condition.operand, compileQuery);
      return (node, run) => !test(node, run);
    }
    case 'exists': {
      const nodes = compileFilterQuery(condition.query, compileQuery);
      return (node, run) => nodes(node, run).length > 0;
    }
    case 'match':
    case 'search':
      return compileTextTest(condition, compileQuery);
    case 'comparison': {
      const left = compileComparable(condition.left, compileQuery);
      const right = compileComparable(condition.right, compileQuery);
      const { operator } = condition;
      return (node, run) => compare(operator, left(node, run), right(node, run));
    }
  }
}

/** A pattern out of the document is compiled per node, a literal one once; what is no text or pattern is false. */
function compileTextTest(
  { kind, text, pattern }: Extract<Condition, { kind: 'match' | 'search' }>,
  compileQuery: CompileQuery,
): Test {
  const whole = kind === 'match';
  const readText = compileComparable(text, compileQuery);
  const readPattern = compileComparable(pattern, compileQuery);
  const fixed = pattern.kind === 'literal' ? compilePattern(pattern.value) : undefined;
  return (node, run) => {
    const value = readText(node, run);
    const matches = fixed ?? compilePattern(readPattern(node, run));
    return typeof value === 'string' && matches !== undefined && matches(value, whole, run.budget);
  };
}

function compilePattern(pattern: unknown): IRegexp | undefined {
  return typeof pattern === 'string' ? compileIRegexp(pattern) : undefined;
}

function compileFilterQuery(
  { from, query }: FilterQuery,
  compileQuery: CompileQuery,
): (node: unknown, run: QueryRun) => unknown[] {
  const nodes = compileQuery(query);
  return (node, run) => nodes(from === 'node' ? node : run.document, run);
}

function compileComparable(comparable: Comparable, compileQuery: CompileQuery): ReadValue {
  switch (comparable.kind) {
    case 'literal':
      return () => comparable.value;
    case 'length': {
      const read = compileComparable(comparable.of, compileQuery);
      return (node, run) => lengthOf(read(node, run));
    }
    case 'count': {
      const nodes = compileFilterQuery(comparable.query, compileQuery);
      return (node, run) => nodes(node, run).length;
    }
    case 'query':
    case 'value': {
      const nodes = compileFilterQuery(comparable.query, compileQuery);
      return (node, run) => {
        const found = nodes(node, run);
        return found.length === 1 ? found[0] : undefined;
      };
    }
  }
}

/** Characters of a string, elements of an array, members of an object; Nothing of anything else (RFC 9535 §2.4.4). */
function lengthOf(value: unknown): number | undefined {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  return isRecord(value) ? Object.keys(value).length : undefined;
}

function compare(operator: ComparisonOperator, left: unknown, right: unknown): boolean {
  switch (operator) {
    case '==':
      return equal(left, right);
    case '!=':
      return !equal(left, right);
    case '<':
      return less(left, right);
    case '>':
      return less(right, left);
    case '<=':
      return less(left, right) || equal(left, right);
    case '>=':
      return less(right, left) || equal(left, right);
  }
}

function less(left: unknown, right: unknown): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left < right;
  return typeof left === 'string' && typeof right === 'string' && compareScalars(left, right) < 0;
}

/** RFC 9535 orders strings by Unicode scalar values, JavaScript by UTF-16 units; they differ beyond U+FFFF. */
function compareScalars(left: string, right: string): number {
  const others = right[Symbol.iterator]();
  for (const character of left) {
    const other = others.next();
    if (other.done) return 1;
    if (character !== other.value) return (character.codePointAt(0) ?? 0) - (other.value.codePointAt(0) ?? 0);
  }
  return others.next().done ? 0 : -1;
}

function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((value, at) => equal(value, right[at]))
    );
  }
  if (!isRecord(left) || !isRecord(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && equal(left[name], right[name]))
  );
}
