import { isTruthy } from '../values/boolean.ts';
import { isList } from '../values/json.ts';
import { isNumeric } from '../values/number.ts';
import type { Implementations } from './builtin.ts';

function numbersIn(list: unknown): readonly number[] {
  return isList(list) ? list.filter((item) => typeof item === 'number') : [];
}

/** Rounds half to even at a number of decimal places, shifting in decimal notation to keep binary fractions out of it. */
function roundHalfEven(value: number, places: number): number {
  const shifted = places === 0 ? value : shift(value, places);
  let rounded = Math.round(shifted);
  if (Math.abs(rounded - shifted) === 0.5 && Math.abs(rounded % 2) === 1) rounded -= 1;
  const result = places === 0 ? rounded : shift(rounded, -places);
  // JSON has no negative zero.
  return result === 0 ? 0 : result;
}

function shift(value: number, places: number): number {
  const [digits, exponent = '0'] = String(value).split('e');
  return Number(`${digits}e${Number(exponent) + places}`);
}

function onNumber(apply: (value: number) => number): (state: unknown, value: unknown) => number | undefined {
  return (_state, value) => (typeof value === 'number' ? apply(value) : undefined);
}

/** Aggregates and arithmetic. Missing arguments give no value, except that $count of nothing is 0. */
export const NUMBER_FUNCTIONS: Implementations = {
  sum: (_state, list) =>
    isList(list) ? numbersIn(list).reduce((total, item) => total + item, 0) : undefined,
  count: (_state, list) => (isList(list) ? list.length : 0),
  max: (_state, list) =>
    isList(list) && list.length > 0 ? numbersIn(list).reduce((a, b) => Math.max(a, b)) : undefined,
  min: (_state, list) =>
    isList(list) && list.length > 0 ? numbersIn(list).reduce((a, b) => Math.min(a, b)) : undefined,
  average: (_state, list) => {
    if (!isList(list) || list.length === 0) return undefined;
    return numbersIn(list).reduce((total, item) => total + item, 0) / list.length;
  },
  abs: onNumber(Math.abs),
  floor: onNumber(Math.floor),
  ceil: onNumber(Math.ceil),
  round: (_state, value, places) => {
    if (typeof value !== 'number') return undefined;
    return roundHalfEven(value, typeof places === 'number' ? places : 0);
  },
  random: () => Math.random(),
  boolean: (state, value) => (value === undefined ? undefined : isTruthy(value, state)),
  not: (state, value) => (value === undefined ? undefined : !isTruthy(value, state)),
  exists: (_state, value) => value !== undefined,
  type: (_state, value) => typeName(value),
};

function typeName(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return 'null';
  if (isNumeric(value)) return 'number';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'string' || typeof value === 'boolean' ? typeof value : 'object';
}
