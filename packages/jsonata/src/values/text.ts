import { runtimeError } from '../runtime/runtime-error.ts';
import { keepText, type State } from '../runtime/state.ts';
import { isNumeric } from './number.ts';

/**
 * The string of a value ($string, `&`): JSON with numbers to 15 significant digits. Undefined stays undefined.
 * Throws D3001 or D1001 for numbers out of range.
 */
export function toText(value: unknown, state: State, pretty = false): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null) return 'null';
  if (value === undefined) return undefined;
  payForTree(value, state);
  return keepText(
    state,
    JSON.stringify(value, (_key, member: unknown) => jsonMember(member), pretty ? 2 : 0),
  );
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw runtimeError('D3001');
  return Number.isInteger(value) ? String(value === 0 ? 0 : value) : String(Number(value.toPrecision(15)));
}

function jsonMember(member: unknown): unknown {
  return isNumeric(member) && !Number.isInteger(member) ? Number(member.toPrecision(15)) : member;
}

/** A small graph can be an exponentially large tree, so the tree is walked under the budget before it is written. */
function payForTree(value: unknown, state: State): void {
  if (typeof value === 'string') {
    state.spend(1 + (value.length >> 5));
  } else if (typeof value !== 'object' || value === null) {
    state.spend(1);
  } else {
    state.spend(2);
    for (const member of Object.values(value)) payForTree(member, state);
  }
}
