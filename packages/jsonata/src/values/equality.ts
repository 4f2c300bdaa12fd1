import { type State, spendOn } from '../runtime/state.ts';

/** Deep equality of the `=` operator: arrays in order, objects by own members in any order, no conversion. */
export function isEqual(left: unknown, right: unknown, state: State): boolean {
  if (typeof left === 'string') {
    if (typeof right !== 'string' || left.length !== right.length) return false;
    spendOn(state, left);
    return left === right;
  }
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) && Array.isArray(right)) return areListsEqual(left, right, state);
  return areMembersEqual(left, right, state);
}

function areListsEqual(left: readonly unknown[], right: readonly unknown[], state: State): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) {
    state.spend(1);
    if (!isEqual(left[index], right[index], state)) return false;
  }
  return true;
}

function areMembersEqual(left: object, right: object, state: State): boolean {
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const leftMembers = Object.entries(left);
  state.spend(leftMembers.length + 1);
  if (leftMembers.length !== Object.keys(right).length) return false;
  const rightMembers = new Map<string, unknown>(Object.entries(right));
  for (const [key, value] of leftMembers) {
    if (!rightMembers.has(key) || !isEqual(value, rightMembers.get(key), state)) return false;
  }
  return true;
}
