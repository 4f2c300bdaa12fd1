import type { State } from '../runtime/state.ts';
import { isNumeric } from './number.ts';

/**
 * JSONata's effective boolean value ($boolean): undefined, null, "", 0, NaN, {} and arrays without a true element are
 * false. Throws D1001 for an infinite number.
 */
export function isTruthy(value: unknown, state: State): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'number') return isNumeric(value) && value !== 0;
  if (typeof value !== 'object' || value === null) return false;
  if (!Array.isArray(value)) return hasMembers(value);
  state.spend(value.length);
  // Every element is looked at even after a true one: a bad number further on is still an error.
  let found = false;
  for (const item of value) if (isTruthy(item, state)) found = true;
  return found;
}

function hasMembers(value: object): boolean {
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}
