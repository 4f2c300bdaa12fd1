import { runtimeError } from '../runtime/runtime-error.ts';

/** True for a number JSON can hold; NaN is not one. Throws D1001 for an infinite one, as every JSONata operator does. */
export function isNumeric(value: unknown): value is number {
  if (typeof value !== 'number' || Number.isNaN(value)) return false;
  if (!Number.isFinite(value)) throw runtimeError('D1001');
  return true;
}
