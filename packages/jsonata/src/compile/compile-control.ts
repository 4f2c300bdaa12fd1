import { isBuiltin } from '../functions/builtins.ts';
import { type Run, unwrapped } from '../runtime/state.ts';
import { NeedsCage } from '../syntax/needs-cage.ts';
import type { Syntax, SyntaxOf } from '../syntax/syntax.ts';
import { isTruthy } from '../values/boolean.ts';
import { leaveMarked } from '../values/sequence.ts';
import { compile, type Lambda, type Place } from './place.ts';

/** `$`, `$$` and `$name`. A function as a value needs the cage: it could be stored and come back as a call to itself. */
export function compileVariable(node: SyntaxOf<'variable'>, place: Place): Run {
  const { name } = node;
  if (name === '') return unwrapped;
  const meaning = place.resolve(name);
  if (meaning === undefined && name === '$') return (_input, state) => state.root;
  if (meaning === undefined) {
    if (isBuiltin(name)) throw new NeedsCage('a built-in function as a value');
    return (_input, state) => (Object.hasOwn(state.bindings, name) ? state.bindings[name] : undefined);
  }
  if ('lambda' in meaning) throw new NeedsCage('a function as a value');
  const { register } = meaning;
  return (_input, state) => state.registers[register];
}

/** `test ? then : otherwise`; `?:` and `??` arrive in this form too. */
export function compileCondition(node: SyntaxOf<'condition'>, place: Place): Run {
  const otherwise = node.whenFalse === undefined ? nothing : compile(node.whenFalse, place);
  return choose(compile(node.test, place), compile(node.whenTrue, place), otherwise);
}

function choose(test: Run, then: Run, otherwise: Run): Run {
  return (input, state) => (isTruthy(test(input, state), state) ? then : otherwise)(input, state);
}

const nothing: Run = () => undefined;

/** `( a; b; c )`: names assigned by its statements are visible to the ones behind them. */
export function compileBlock(node: SyntaxOf<'block'>, place: Place): Run {
  const { before, within } = compileStatements(node, place);
  const last = node.statements.at(-1);
  if (last === undefined) return nothing;
  return sequenceOf(before, compileResult(last, within));
}

function compileStatements(node: SyntaxOf<'block'>, place: Place): { before: readonly Run[]; within: Place } {
  const within = place.enclosed(node.statements.flatMap(assignedNames));
  const before = node.statements.slice(0, -1).map((statement) => compileStatement(statement, within));
  return { before, within };
}

function sequenceOf(before: readonly Run[], last: Run): Run {
  const [only, ...more] = before;
  if (only === undefined) return last;
  if (more.length === 0) {
    return (input, state) => {
      only(input, state);
      return last(input, state);
    };
  }
  return (input, state) => {
    for (const statement of before) statement(input, state);
    return last(input, state);
  };
}

function assignedNames(statement: Syntax): readonly string[] {
  return statement.kind === 'bind' ? [statement.name, ...assignedNames(statement.value)] : [];
}

/** A statement whose value is used: naming a function there would hand the function on. */
function compileResult(statement: Syntax, within: Place): Run {
  if (statement.kind === 'bind' && endsInLambda(statement)) throw new NeedsCage('a function as a value');
  return compileStatement(statement, within);
}

function endsInLambda(bind: SyntaxOf<'bind'>): boolean {
  return bind.value.kind === 'lambda' || (bind.value.kind === 'bind' && endsInLambda(bind.value));
}

/** A statement of a block: the only place where a name may be assigned or a function be named. */
function compileStatement(statement: Syntax, within: Place): Run {
  if (statement.kind !== 'bind') return compile(statement, within);
  if (statement.predicates.length > 0 || statement.group !== undefined)
    throw new NeedsCage('a filtered assignment');
  if (statement.value.kind === 'lambda') {
    const lambda = compileLambda(statement.value, within);
    within.define(statement.name, lambda);
    return (input, state) => {
      state.registers[lambda.context] = input;
      return undefined;
    };
  }
  const value = compileResult(statement.value, within);
  const register = within.assign(statement.name);
  within.build.nodes += 1;
  if (within.build.marked) {
    const { keepArray } = statement;
    return (input, state) => {
      const assigned = value(input, state);
      state.registers[register] = assigned;
      return leaveMarked(assigned, keepArray);
    };
  }
  return (input, state) => {
    const assigned = value(input, state);
    state.registers[register] = assigned;
    return assigned;
  };
}

/** The top of an expression: like one statement of a block. */
export function compileTop(node: Syntax, place: Place): Run {
  return compileResult(node, place.enclosed(assignedNames(node)));
}

/** Compiles a user function. It cannot reach itself: its own name is pending while the body is compiled. */
export function compileLambda(node: SyntaxOf<'lambda'>, place: Place): Lambda {
  if (node.predicates.length > 0 || node.group !== undefined) throw new NeedsCage('a filtered function');
  const within = place.enclosed();
  const parameters = node.parameters.map((name) => within.assign(name));
  const before = place.build.nodes;
  const caller = place.newRegister();
  const body = compileTail(node.body, within, { caller, around: 0 });
  return { parameters, context: place.newRegister(), caller, body, weight: place.build.nodes - before + 1 };
}

/** A place where a function body ends: the register of its caller's context and how many nodes are around it. */
interface FunctionEnd {
  readonly caller: number;
  readonly around: number;
}

/**
 * The end of a function body. A call there is made after the body has been left (tail call), so nothing unwraps its result;
 * any other value is unwrapped once per node around it.
 */
function compileTail(node: Syntax, place: Place, end: FunctionEnd): Run {
  if (node.kind === 'tail') {
    place.build.nodes += 1;
    return place.build.compiler.compileCall(node.call, place, { caller: end.caller }).run;
  }
  const inner = { ...end, around: end.around + 1 };
  if (node.kind === 'condition' && !hasTrimmings(node)) {
    const otherwise = node.whenFalse === undefined ? nothing : compileTail(node.whenFalse, place, inner);
    return choose(compile(node.test, place), compileTail(node.whenTrue, place, inner), otherwise);
  }
  if (node.kind === 'block' && !hasTrimmings(node)) {
    const { before, within } = compileStatements(node, place);
    const last = node.statements.at(-1);
    return last === undefined ? nothing : sequenceOf(before, compileTail(last, within, inner));
  }
  if ((node.kind === 'block' || node.kind === 'condition') && hasTrimmings(node)) {
    throw new NeedsCage('a filtered end of a function');
  }
  let run = compileResult(node, place.enclosed(assignedNames(node)));
  for (let level = 0; level < end.around && place.build.marked; level += 1) run = leaving(run);
  return run;
}

function leaving(run: Run): Run {
  return (input, state) => leaveMarked(run(input, state), false);
}

function hasTrimmings(node: Syntax): boolean {
  return node.predicates.length > 0 || node.group !== undefined || node.keepArray;
}
