import { ExpressionError } from '../expression-error.ts';
import { type Builtin, findBuiltin, isHigherOrder } from '../functions/builtins.ts';
import { Pattern } from '../regex/pattern.ts';
import { runtimeError } from '../runtime/runtime-error.ts';
import type { Run } from '../runtime/state.ts';
import { NeedsCage } from '../syntax/needs-cage.ts';
import type { Syntax, SyntaxOf } from '../syntax/syntax.ts';
import { applyBuiltin, type CallSite, callBuiltin, callVariadic } from './call-builtin.ts';
import { compileLambda } from './compile-control.ts';
import { compileHigherOrder } from './compile-higher-order.ts';
import { compileTableLookup } from './compile-table-lookup.ts';
import { enterLambda } from './enter-lambda.ts';
import { type CallForm, compile, type Lambda, type Place, type Raw } from './place.ts';

/** A function call. */
export function compileCall(node: SyntaxOf<'call'>, place: Place): Raw {
  return compileCallRaw(node, place);
}

/** A call whose result has not been left yet. Throws NeedsCage when the function is not known at compile time. */
export function compileCallRaw(node: Syntax, place: Place, form: CallForm = {}): Raw {
  const { applied } = form;
  if (node.kind !== 'call') throw new NeedsCage('a tail that is no call');
  const { procedure } = node;
  if (procedure.predicates.length > 0 || procedure.group !== undefined)
    throw new NeedsCage('a chosen function');
  if (procedure.kind === 'lambda') {
    return callLambda(compileLambda(procedure, place), compileArguments(node, place, applied), form, true);
  }
  if (procedure.kind !== 'variable' || procedure.name === '' || procedure.name === '$') {
    throw new NeedsCage('a computed function');
  }
  const meaning = place.resolve(procedure.name);
  const site: CallSite = { position: node.position, token: procedure.name };
  if (meaning !== undefined && 'lambda' in meaning) {
    return callLambda(meaning.lambda, compileArguments(node, place, applied), form, false);
  }
  if (meaning !== undefined) return callNothing(compileArguments(node, place, applied), site);
  return callNamed(node, site, place, form);
}

function callNamed(node: SyntaxOf<'call'>, site: CallSite, place: Place, form: CallForm): Raw {
  const { token: name } = site;
  const { applied } = form;
  if (name === 'eval') return refuseEval(site);
  if (isHigherOrder(name) && (name !== 'sort' || node.args.length + (applied === undefined ? 0 : 1) > 1)) {
    return compileHigherOrder(name, node.args, site, place, form);
  }
  const builtin = findBuiltin(name);
  const table =
    name === 'lookup' && applied === undefined ? compileTableLookup(node, site, place) : undefined;
  if (table !== undefined) return { run: table, sequence: false };
  const args = compileArguments(node, place, applied, takesPattern(name));
  if (builtin === undefined) return callNothing(args, site);
  const run = builtin.variadic
    ? callVariadic(builtin, args, site)
    : callBuiltin(builtin, args, site, form.caller);
  return { run, sequence: builtin.sequence };
}

function compileArguments(node: SyntaxOf<'call'>, place: Place, applied?: Run, patterns = false): Run[] {
  const args = node.args.map((argument) =>
    patterns && argument.kind === 'regex' ? compilePattern(argument) : compile(argument, place),
  );
  return applied === undefined ? args : [applied, ...args];
}

function takesPattern(name: string): boolean {
  return name === 'match' || name === 'contains' || name === 'replace' || name === 'split';
}

function compilePattern(node: SyntaxOf<'regex'>): Run {
  if (node.predicates.length > 0 || node.group !== undefined)
    throw new NeedsCage('a filtered regular expression');
  const pattern = new Pattern(node.pattern);
  return () => pattern;
}

/** What `$name` is, is no function: arguments are evaluated first, they may fail on their own. */
function callNothing(args: readonly Run[], site: CallSite): Raw {
  const run: Run = (input, state) => {
    for (const argument of args) argument(input, state);
    throw runtimeError('T1006', site);
  };
  return { run, sequence: false };
}

/** An expression in data would escape every check made on the text of this one. */
function refuseEval(site: CallSite): Raw {
  const run: Run = () => {
    throw new ExpressionError('EXPRESSION_RUNTIME', '$eval is not available', site);
  };
  return { run, sequence: false };
}

/** A call of a user function with values. `here` is set when it stands at the call itself and sees its context value. */
function callLambda(lambda: Lambda, args: readonly Run[], form: CallForm, here: boolean): Raw {
  const { caller } = form;
  const run: Run = (input, state) => {
    // All arguments first: evaluating one may call the same function.
    const values = args.map((argument) => argument(input, state));
    if (here) state.registers[lambda.context] = input;
    return enterLambda(lambda, values, caller === undefined ? input : state.registers[caller], state);
  };
  return { run, sequence: true };
}

function applyLambda(lambda: Lambda, left: Run, here: boolean): Raw {
  const run: Run = (input, state) => {
    const value = left(input, state);
    if (here) state.registers[lambda.context] = input;
    return enterLambda(lambda, [value], null, state);
  };
  return { run, sequence: true };
}

/** `left ~> right`: the right side is a call that gets the left as first argument, or a function to call with it. */
export function compileApply(node: SyntaxOf<'apply'>, place: Place): Raw {
  const left = compile(node.left, place);
  const { right } = node;
  if (right.kind === 'call') return compileCallRaw(right, place, { applied: left });
  if (right.predicates.length > 0 || right.group !== undefined) throw new NeedsCage('a chosen function');
  if (right.kind === 'lambda') return applyLambda(compileLambda(right, place), left, true);
  if (right.kind !== 'variable') throw new NeedsCage('a computed function');
  const meaning = place.resolve(right.name);
  if (meaning !== undefined && 'lambda' in meaning) return applyLambda(meaning.lambda, left, false);
  const builtin: Builtin | undefined = meaning === undefined ? findBuiltin(right.name) : undefined;
  if (builtin === undefined || builtin.variadic) throw new NeedsCage('a function only known at run time');
  const site: CallSite = { position: node.position, token: right.name };
  return { run: applyBuiltin(builtin, left, site), sequence: builtin.sequence };
}
