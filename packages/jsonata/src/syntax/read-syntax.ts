import { isList, isRecord } from '../values/json.ts';
import { NeedsCage } from './needs-cage.ts';
import type { BinaryOperator, Group, Syntax, SyntaxKind, Trimmings } from './syntax.ts';

const OPERATORS: ReadonlySet<string> = new Set([
  ...['+', '-', '*', '/', '%', '=', '!=', '<', '<=', '>', '>=', '&', '..', 'in', 'and', 'or'],
]);

/**
 * Turns a tree of the reference parser into the nodes the compiler works on.
 * Throws NeedsCage for what it does not cover: parent `%`, context and position variables, partial application, transforms,
 * function signatures.
 */
export function readSyntax(tree: unknown): Syntax {
  const node = record(tree);
  if (
    node.tuple === true ||
    node.focus !== undefined ||
    node.index !== undefined ||
    node.ancestor !== undefined
  ) {
    throw new NeedsCage('tuple streams');
  }
  return { ...readKind(node), ...readTrimmings(node) };
}

function readTrimmings(node: Record<string, unknown>): Trimmings {
  return {
    position: typeof node.position === 'number' ? node.position : 0,
    predicates: node.predicate === undefined ? [] : list(node.predicate).map(readFilter),
    stages: node.stages === undefined ? [] : list(node.stages).map(readFilter),
    group: node.group === undefined ? undefined : readGroup(record(node.group)),
    keepArray: node.keepArray === true,
  };
}

function readFilter(stage: unknown): Syntax {
  const filter = record(stage);
  if (filter.type !== 'filter') throw new NeedsCage('position variables');
  return readSyntax(filter.expr);
}

function readGroup(node: Record<string, unknown>): Group {
  return {
    pairs: list(node.lhs).map((pair) => {
      const [key, value] = list(pair);
      return [readSyntax(key), readSyntax(value)] as const;
    }),
    position: typeof node.position === 'number' ? node.position : 0,
  };
}

function readKind(node: Record<string, unknown>): SyntaxKind {
  switch (node.type) {
    case 'path':
      return {
        kind: 'path',
        steps: list(node.steps).map(readSyntax),
        keepSingleton: node.keepSingletonArray === true,
      };
    case 'sort':
      return { kind: 'sort', terms: list(node.terms).map(readTerm) };
    case 'name':
      return { kind: 'name', name: text(node.value) };
    case 'string':
    case 'number':
    case 'value':
      return { kind: 'literal', value: scalar(node.value) };
    case 'wildcard':
      return { kind: 'wildcard' };
    case 'descendant':
      return { kind: 'descendant' };
    case 'variable':
      return { kind: 'variable', name: text(node.value) };
    case 'regex':
      return { kind: 'regex', pattern: regex(node.value) };
    case 'binary':
      return {
        kind: 'binary',
        operator: operator(node.value),
        left: readSyntax(node.lhs),
        right: readSyntax(node.rhs),
      };
    case 'unary':
      return readUnary(node);
    case 'condition':
      return {
        kind: 'condition',
        test: readSyntax(node.condition),
        whenTrue: readSyntax(node.then),
        whenFalse: node.else === undefined ? undefined : readSyntax(node.else),
      };
    case 'block':
      return {
        kind: 'block',
        statements: list(node.expressions).map(readSyntax),
        constructed: node.consarray === true,
      };
    case 'bind':
      return { kind: 'bind', name: text(record(node.lhs).value), value: readSyntax(node.rhs) };
    case 'function':
      return {
        kind: 'call',
        procedure: readSyntax(node.procedure),
        args: list(node.arguments).map(readSyntax),
      };
    case 'lambda':
      return readLambda(node);
    case 'apply':
      return { kind: 'apply', left: readSyntax(node.lhs), right: readSyntax(node.rhs) };
    default:
      throw new NeedsCage(`node type ${String(node.type)}`);
  }
}

function readUnary(node: Record<string, unknown>): SyntaxKind {
  if (node.value === '-') return { kind: 'negate', operand: readSyntax(node.expression) };
  if (node.value === '{') return { kind: 'object', members: readGroup(node) };
  if (node.value !== '[') throw new NeedsCage('unary operator');
  return {
    kind: 'array',
    items: list(node.expressions).map(readSyntax),
    constructed: node.consarray === true,
  };
}

/** The parser wraps calls in tail position as parameterless lambdas, because their results are not unwrapped on return. */
function readLambda(node: Record<string, unknown>): SyntaxKind {
  if (node.thunk === true) return { kind: 'tail', call: readSyntax(node.body) };
  if (node.signature !== undefined) throw new NeedsCage('function signature');
  const parameters = list(node.arguments).map((parameter) => text(record(parameter).value));
  return { kind: 'lambda', parameters, body: readSyntax(node.body) };
}

function readTerm(term: unknown): { descending: boolean; expression: Syntax } {
  const node = record(term);
  return { descending: node.descending === true, expression: readSyntax(node.expression) };
}

function record(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) throw new NeedsCage('unknown tree');
  return value;
}

function list(value: unknown): readonly unknown[] {
  if (!isList(value)) throw new NeedsCage('unknown tree');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new NeedsCage('unknown tree');
  return value;
}

function scalar(value: unknown): string | number | boolean | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
    return value;
  throw new NeedsCage('unknown literal');
}

/** A regular expression copied by the parser (`?:`, `??`) has lost its pattern; the reference evaluator keeps that quirk. */
function regex(value: unknown): RegExp {
  if (!(value instanceof RegExp)) throw new NeedsCage('copied regular expression');
  return value;
}

function operator(value: unknown): BinaryOperator {
  if (!isOperator(value)) throw new NeedsCage(`operator ${String(value)}`);
  return value;
}

function isOperator(value: unknown): value is BinaryOperator {
  return typeof value === 'string' && OPERATORS.has(value);
}
