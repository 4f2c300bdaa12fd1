import type { ExpressionErrorDetail } from '../expression-error.ts';
import { runtimeError } from '../runtime/runtime-error.ts';
import { keepText, type Run, requireLength, type State, spendOn } from '../runtime/state.ts';
import type { Syntax, SyntaxOf } from '../syntax/syntax.ts';
import { isTruthy } from '../values/boolean.ts';
import { isEqual } from '../values/equality.ts';
import { isNumeric } from '../values/number.ts';
import { Sequence } from '../values/sequence.ts';
import { toText } from '../values/text.ts';
import { compile, type Place, type Raw } from './place.ts';

/** Binary operators. Both sides are evaluated before types are checked, except that `and` and `or` stop early. */
export function compileBinary(node: SyntaxOf<'binary'>, place: Place): Raw {
  if (node.operator === '&')
    return plain(concatenation(operandsOf(node).map((operand) => compile(operand, place))));
  const left = compile(node.left, place);
  const right = compile(node.right, place);
  const at: ExpressionErrorDetail = { position: node.position, token: node.operator };
  switch (node.operator) {
    case '+':
      return plain(arithmetic(left, right, (a, b) => a + b, at));
    case '-':
      return plain(arithmetic(left, right, (a, b) => a - b, at));
    case '*':
      return plain(arithmetic(left, right, (a, b) => a * b, at));
    case '/':
      return plain(arithmetic(left, right, (a, b) => a / b, at));
    case '%':
      return plain(arithmetic(left, right, (a, b) => a % b, at));
    case '=':
      return plain(equality(left, right, literalOf(node.right), true));
    case '!=':
      return plain(equality(left, right, literalOf(node.right), false));
    case '<':
      return plain(comparison(left, right, (a, b) => a < b, at));
    case '<=':
      return plain(comparison(left, right, (a, b) => a <= b, at));
    case '>':
      return plain(comparison(left, right, (a, b) => a > b, at));
    case '>=':
      return plain(comparison(left, right, (a, b) => a >= b, at));
    case 'in':
      return plain(membership(left, right));
    case 'and':
      return plain(
        (input, state) => isTruthy(left(input, state), state) && isTruthy(right(input, state), state),
      );
    case 'or':
      return plain(
        (input, state) => isTruthy(left(input, state), state) || isTruthy(right(input, state), state),
      );
    case '..':
      return { run: range(left, right, at), sequence: true };
  }
}

function plain(run: Run): Raw {
  return { run, sequence: false };
}

function arithmetic(
  left: Run,
  right: Run,
  apply: (a: number, b: number) => number,
  at: ExpressionErrorDetail,
): Run {
  return (input, state) => {
    const a = left(input, state);
    const b = right(input, state);
    if (a !== undefined && !isNumeric(a)) throw runtimeError('T2001', at);
    if (b !== undefined && !isNumeric(b)) throw runtimeError('T2002', at);
    return a === undefined || b === undefined ? undefined : apply(a, b);
  };
}

/** The value of an operand that is a plain literal; undefined when it is anything else. */
function literalOf(node: Syntax): string | number | boolean | null | undefined {
  return node.kind === 'literal' && node.predicates.length === 0 && node.group === undefined
    ? node.value
    : undefined;
}

function equality(
  left: Run,
  right: Run,
  literal: string | number | boolean | null | undefined,
  expected: boolean,
): Run {
  if (literal !== undefined) {
    return (input, state) => {
      const a = left(input, state);
      return a !== undefined && (a === literal) === expected;
    };
  }
  return (input, state) => {
    const a = left(input, state);
    const b = right(input, state);
    // A missing side makes both `=` and `!=` false.
    return a !== undefined && b !== undefined && isEqual(a, b, state) === expected;
  };
}

type Comparable = string | number;

function comparison(
  left: Run,
  right: Run,
  compare: (a: Comparable, b: Comparable) => boolean,
  at: ExpressionErrorDetail,
): Run {
  return (input, state) => {
    const a = left(input, state);
    const b = right(input, state);
    if (typeof a === 'number' && typeof b === 'number') return compare(a, b);
    if (!isComparable(a) || !isComparable(b)) throw runtimeError('T2010', at);
    if (a === undefined || b === undefined) return undefined;
    if (typeof a !== typeof b) throw runtimeError('T2009', at);
    spendOn(state, a);
    return compare(a, b);
  };
}

function isComparable(value: unknown): value is Comparable | undefined {
  return value === undefined || typeof value === 'string' || typeof value === 'number';
}

/** The operands of a chain `a & b & c`, which is one string and need not become two. */
function operandsOf(node: Syntax): readonly Syntax[] {
  const isChain =
    node.kind === 'binary' && node.operator === '&' && node.predicates.length === 0 && !node.keepArray;
  if (!isChain || node.group !== undefined) return [node];
  return [...operandsOf(node.left), node.right];
}

function concatenation(operands: readonly Run[]): Run {
  const count = operands.length;
  return (input, state) => {
    let text = '';
    for (let index = 0; index < count; index += 1) {
      const value = operands[index]?.(input, state);
      if (typeof value === 'string') text += value;
      else if (value !== undefined) text += toText(value, state) ?? '';
      requireLength(text.length);
    }
    return keepText(state, text);
  };
}

function membership(left: Run, right: Run): Run {
  return (input, state) => {
    const item = left(input, state);
    const among = right(input, state);
    if (item === undefined || among === undefined) return false;
    spendOn(state, among);
    // Identity, as in the reference: NaN is in no list and equal objects are not the same object.
    return Array.isArray(among) ? among.indexOf(item) !== -1 : among === item;
  };
}

function range(left: Run, right: Run, at: ExpressionErrorDetail): Run {
  return (input, state) => {
    const from = left(input, state);
    const to = right(input, state);
    if (from !== undefined && !isInteger(from)) throw runtimeError('T2003', at);
    if (to !== undefined && !isInteger(to)) throw runtimeError('T2004', at);
    if (from === undefined || to === undefined || from > to) return undefined;
    return new Sequence(counted(from, to - from + 1, state, at));
  };
}

/** The reference bound of ten million is far beyond what the step and memory budgets let through. */
function counted(from: number, length: number, state: State, at: ExpressionErrorDetail): unknown[] {
  if (length > 1e7) throw runtimeError('D2014', at);
  state.spend(length);
  state.allocate(length * 8);
  return Array.from({ length }, (_, index) => from + index);
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

/** Unary minus. */
export function compileNegate(node: SyntaxOf<'negate'>, place: Place): Run {
  const operand = compile(node.operand, place);
  const at: ExpressionErrorDetail = { position: node.position, token: '-' };
  return (input, state) => {
    const value = operand(input, state);
    if (value === undefined) return undefined;
    if (!isNumeric(value)) throw runtimeError('D1002', at);
    return -value;
  };
}
