import jsonata from 'jsonata';
import { isRecord } from '../values/json.ts';

/** A built-in of the reference implementation: its checks of arguments and its code, both synchronous. */
export interface ReferenceFunction {
  /** The signature in JSONata's notation, for example `<s-nn?:s>`. */
  readonly signature: string;
  /** Parameters the implementation declares; higher-order functions pass as many arguments. */
  readonly arity: number;
  /** Arguments as the implementation gets them: context filled in, values wrapped as arrays. Throws T0410, T0411, T0412. */
  readonly validate: (args: readonly unknown[], context: unknown) => readonly unknown[];
  /** Runs the implementation. `now` is the instant $toMillis completes partial dates with. */
  readonly call: (args: readonly unknown[], now: Date | undefined) => unknown;
}

/**
 * Fetches the named built-ins of the reference implementation. Evaluating `$name` yields the function's definition, so the
 * pictures and signatures of XPath are interpreted by the same code in and out of the cage.
 */
export async function loadReference(
  names: readonly string[],
): Promise<ReadonlyMap<string, ReferenceFunction>> {
  const functions = new Map<string, ReferenceFunction>();
  for (const name of names) {
    const definition: unknown = await jsonata(`$${name}`).evaluate(undefined);
    functions.set(name, readDefinition(name, definition));
  }
  return functions;
}

function readDefinition(name: string, definition: unknown): ReferenceFunction {
  if (
    !isRecord(definition) ||
    typeof definition.implementation !== 'function' ||
    !isRecord(definition.signature)
  ) {
    throw new TypeError(`jsonata has no built-in $${name}`);
  }
  const { implementation, signature } = definition;
  const { validate } = signature;
  if (typeof validate !== 'function') throw new TypeError(`jsonata cannot check the arguments of $${name}`);
  return {
    signature: String(signature.definition),
    arity: implementation.length,
    validate: (args, context) => {
      const valid: unknown = Reflect.apply(validate, signature, [args, context]);
      return Array.isArray(valid) ? valid : args;
    },
    call: (args, now): unknown => Reflect.apply(implementation, { environment: { timestamp: now } }, args),
  };
}
