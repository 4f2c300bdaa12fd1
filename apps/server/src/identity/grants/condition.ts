import { asObject, type JsonObject } from '../json-reading.ts';
import type { GrantCondition } from './grant.ts';

/**
 * Whether a condition holds for an entity (identity §4.1). `userId` is the caller's; undefined for callers who are no user.
 * Comparison is on the text form, so that `1` in a role and `"1"` in an entity are the same value.
 */
export function conditionHolds(
  condition: GrantCondition,
  entity: JsonObject,
  userId: string | undefined,
): boolean {
  switch (condition.operation) {
    case 'equals':
      return anyOf(condition.values, valuesAt(entity, condition.attribute));
    case 'not_equals':
      return !anyOf(condition.values, valuesAt(entity, condition.attribute));
    case 'equals_current_user':
      return userId !== undefined && usersOf(entity, condition.attributes).includes(userId);
    case 'not_equals_current_user':
      return userId === undefined || !usersOf(entity, condition.attributes).includes(userId);
  }
}

function anyOf(wanted: readonly unknown[], found: readonly unknown[]): boolean {
  const texts = new Set(wanted.map(textForm));
  return found.some((value) => texts.has(textForm(value)));
}

function textForm(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** The values under a dotted path: `*` is any key, and lists stand for each of their items. */
function valuesAt(value: unknown, path: string): unknown[] {
  let current: unknown[] = [value];
  for (const segment of path.split('.')) {
    current = current.flatMap((item) => step(item, segment));
  }
  return current.flatMap((item) => (Array.isArray(item) ? item : [item])).filter(isPresent);
}

function step(value: unknown, segment: string): unknown[] {
  if (Array.isArray(value)) {
    if (segment === '*') return value;
    return /^\d+$/.test(segment) ? [value[Number(segment)]] : value.flatMap((item) => step(item, segment));
  }
  const object = asObject(value);
  if (segment === '*') return Object.values(object);
  return Object.hasOwn(object, segment) ? [object[segment]] : [];
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** User ids in the named attributes, or in every attribute that looks like a user relation (`{ $relation: [{ user_id }] }` or a list of them). */
function usersOf(entity: JsonObject, attributes: readonly string[]): string[] {
  const values =
    attributes.length > 0
      ? attributes.flatMap((path) => valuesAt(entity, path))
      : Object.entries(entity).flatMap(([name, value]) => (name.startsWith('_') ? [] : [value]));
  return values.flatMap(userIds);
}

function userIds(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item) => (typeof item === 'object' ? userIds(item) : []));
  const object = asObject(value);
  const nested = Array.isArray(object['$relation']) ? object['$relation'].flatMap(userIds) : [];
  return typeof object['user_id'] === 'string' ? [...nested, object['user_id']] : nested;
}
