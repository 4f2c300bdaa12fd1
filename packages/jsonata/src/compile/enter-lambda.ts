import type { State } from '../runtime/state.ts';
import type { Lambda } from './place.ts';

/**
 * Runs a user function's body; missing arguments are undefined, surplus ones are ignored. `context` is the context value of
 * the caller, null when a built-in or `~>` calls.
 */
export function enterLambda(
  lambda: Lambda,
  values: readonly unknown[],
  context: unknown,
  state: State,
): unknown {
  state.registers[lambda.caller] = context;
  state.spend(lambda.weight);
  for (let index = 0; index < lambda.parameters.length; index += 1) {
    const register = lambda.parameters[index];
    if (register !== undefined) state.registers[register] = values[index];
  }
  return lambda.body(state.registers[lambda.context], state);
}
