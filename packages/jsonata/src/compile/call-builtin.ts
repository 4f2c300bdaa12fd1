import { ExpressionError } from '../expression-error.ts';
import type { Builtin } from '../functions/builtins.ts';
import { toExpressionError } from '../runtime/runtime-error.ts';
import { type Run, type State, spendOn, unwrapped } from '../runtime/state.ts';

/** Where a function is called, for error messages. */
export interface CallSite {
  readonly position: number;
  readonly token: string;
}

/** These unwrap the array at the top level themselves when it stands in for a missing argument. */
const UNWRAPPING: ReadonlySet<string> = new Set(['string', 'clone']);

/**
 * A call of a built-in with compiled arguments. Arguments of the declared types go straight to the implementation; all others
 * are left to the reference's checks, which fill in the context value (the caller's in tail position), wrap values as arrays
 * or raise T0410, T0411, T0412.
 */
export function callBuiltin(builtin: Builtin, args: readonly Run[], site: CallSite, caller?: number): Run {
  const unwraps = UNWRAPPING.has(builtin.name);
  const checked: Checked = (values, input, state) => {
    const given = caller === undefined ? input : state.registers[caller];
    return invoke(builtin, values, unwraps ? unwrapped(given, state) : given, site, state);
  };
  const { parameters, required } = builtin;
  const [first] = args;
  if (
    first === undefined ||
    parameters === undefined ||
    args.length < required ||
    args.length > parameters.length
  ) {
    return (input, state) => {
      const values = args.map((argument) => argument(input, state));
      return checked(values, input, state);
    };
  }
  const accepts = parameters.map((parameter) => parameter.accepts);
  return args.length === 1
    ? callWithOne(builtin, first, accepts, checked, site)
    : callWithSeveral(builtin, args, accepts, checked, site);
}

/** A call with values whose types are not those declared. */
type Checked = (values: readonly unknown[], input: unknown, state: State) => unknown;

type Accepts = readonly ((value: unknown) => boolean)[];

function callWithOne(
  builtin: Builtin,
  argument: Run,
  accepts: Accepts,
  checked: Checked,
  site: CallSite,
): Run {
  const { implementation } = builtin;
  const [acceptsValue = everything] = accepts;
  return (input, state) => {
    const value = argument(input, state);
    if (value !== undefined && !acceptsValue(value)) return checked([value], input, state);
    spendOn(state, value);
    try {
      return implementation(state, value, undefined, undefined, undefined);
    } catch (thrown) {
      throw located(thrown, site);
    }
  };
}

function callWithSeveral(
  builtin: Builtin,
  args: readonly Run[],
  accepts: Accepts,
  checked: Checked,
  site: CallSite,
): Run {
  const { implementation } = builtin;
  const [one = nothing, two = nothing, three = nothing, four = nothing] = args;
  const [acceptsA = everything, acceptsB = everything, acceptsC = everything, acceptsD = everything] =
    accepts;
  return (input, state) => {
    const a = one(input, state);
    const b = two(input, state);
    const c = three(input, state);
    const d = four(input, state);
    const areDeclared =
      (a === undefined || acceptsA(a)) &&
      (b === undefined || acceptsB(b)) &&
      (c === undefined || acceptsC(c)) &&
      (d === undefined || acceptsD(d));
    if (!areDeclared) return checked([a, b, c, d].slice(0, args.length), input, state);
    spendOn(state, a);
    spendOn(state, b);
    spendOn(state, c);
    try {
      return implementation(state, a, b, c, d);
    } catch (thrown) {
      throw located(thrown, site);
    }
  };
}

function everything(): boolean {
  return true;
}

const nothing: Run = () => undefined;

/** `value ~> $name`: a call without a context value to fall back on. */
export function applyBuiltin(builtin: Builtin, left: Run, site: CallSite): Run {
  return (input, state) => invoke(builtin, [left(input, state)], null, site, state);
}

/** A built-in that takes any number of arrays. */
export function callVariadic(builtin: Builtin, args: readonly Run[], site: CallSite): Run {
  return (input, state) => {
    const values = args.map((argument) => argument(input, state));
    try {
      const valid = builtin.reference.validate(values, input);
      for (const value of valid) spendOn(state, value);
      return builtin.reference.call(valid, undefined);
    } catch (thrown) {
      throw located(thrown, site);
    }
  };
}

/** Calls a built-in after the reference has checked its arguments. */
export function invoke(
  builtin: Builtin,
  values: readonly unknown[],
  context: unknown,
  site: CallSite,
  state: State,
): unknown {
  try {
    const [a, b, c, d] = builtin.reference.validate(values, context);
    for (const value of [a, b, c, d]) spendOn(state, value);
    return builtin.implementation(state, a, b, c, d);
  } catch (thrown) {
    throw located(thrown, site);
  }
}

function located(thrown: unknown, site: CallSite): ExpressionError {
  const error = toExpressionError(thrown, site);
  if (error.position !== undefined || error.code !== 'EXPRESSION_RUNTIME') return error;
  return new ExpressionError(error.code, error.message, {
    ...site,
    ...(error.token === undefined ? {} : { token: error.token }),
    ...(error.jsonataCode === undefined ? {} : { jsonataCode: error.jsonataCode }),
  });
}
