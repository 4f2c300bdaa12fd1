import { ExpressionError } from '../expression-error.ts';
import { LIMITS } from '../limits.ts';
import { runtimeError } from '../runtime/runtime-error.ts';
import { isList, isRecord } from './json.ts';

/** Names under which a result must not carry members: a later careless assignment could reach a prototype. */
const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Pays for one visited value of a result. */
export type Payment = (units: number) => void;

/**
 * The value as plain JSON, or undefined: functions, members named like prototype properties and undefined ones are left out;
 * undefined elements become null. Unchanged parts are returned as they are, so a result may share structure with its input.
 * Throws D1001 for a number JSON cannot hold and EXPRESSION_LIMIT for more than 256 levels.
 */
export function plainResult(value: unknown, pay: Payment): unknown {
  return plain(value, pay, 0);
}

function plain(value: unknown, pay: Payment, depth: number): unknown {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw runtimeError('D1001');
    return value;
  }
  if (typeof value === 'function') return undefined;
  const isMembers = isRecord(value);
  if (!isMembers && !isList(value)) return value;
  // The shapes in which the reference evaluator keeps functions.
  if (isMembers && (value._jsonata_lambda === true || value._jsonata_function === true)) return undefined;
  if (depth > LIMITS.resultDepth)
    throw new ExpressionError('EXPRESSION_LIMIT', 'The result nests too deeply');
  return isMembers ? plainMembers(value, pay, depth) : plainList(value, pay, depth);
}

function plainList(list: readonly unknown[], pay: Payment, depth: number): readonly unknown[] {
  pay(list.length + 1);
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const item = list[index];
    const clean = plain(item, pay, depth + 1) ?? null;
    if (copy === undefined && clean !== item) copy = list.slice(0, index);
    if (copy !== undefined) copy.push(clean);
  }
  return copy ?? list;
}

function plainMembers(members: Readonly<Record<string, unknown>>, pay: Payment, depth: number): object {
  let copy: Record<string, unknown> | undefined;
  let count = 1;
  for (const key in members) {
    count += 1;
    const value = members[key];
    const kept = isRefused(key)
      ? undefined
      : typeof value === 'string'
        ? value
        : plain(value, pay, depth + 1);
    if (copy === undefined && (kept !== value || kept === undefined)) copy = membersBefore(members, key);
    if (copy !== undefined && kept !== undefined) copy[key] = kept;
  }
  pay(count);
  return copy ?? members;
}

/** Almost every key is told apart by its length alone; a set lookup per key would be a tenth of a small evaluation. */
function isRefused(key: string): boolean {
  return (key.length === 9 || key.length === 11) && REFUSED_KEYS.has(key);
}

function membersBefore(members: Readonly<Record<string, unknown>>, end: string): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key in members) {
    if (key === end) break;
    copy[key] = members[key];
  }
  return copy;
}
