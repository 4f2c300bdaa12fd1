import type { Problem } from '../../refusal.ts';
import { asObject, textOf, textsOf } from '../json-reading.ts';

/** One permission of a role (identity §4.1, the `Grant` schema of the permissions contract). */
export interface Grant {
  /** Pattern such as `entity:*`. */
  readonly action: string;
  /** Pattern such as `contract:*`; every resource when missing. */
  readonly resource?: string;
  /** `allow` when missing. */
  readonly effect?: 'allow' | 'deny';
  /** All must hold. */
  readonly conditions?: readonly GrantCondition[];
}

/** What the entity in question must look like for a grant to count. */
export type GrantCondition =
  | {
      readonly operation: 'equals' | 'not_equals';
      readonly attribute: string;
      readonly values: readonly unknown[];
    }
  | {
      readonly operation: 'equals_current_user' | 'not_equals_current_user';
      /** Attribute paths; every user relation of the entity when empty. */
      readonly attributes: readonly string[];
    };

/**
 * Reads stored grants. A grant without an action is dropped; a condition nobody can read makes an allow grant worthless and a deny grant
 * unconditional, so that a mistake in a role never opens anything.
 */
export function readGrants(value: unknown): Grant[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const raw = asObject(item);
    const action = textOf(raw['action']);
    if (action === undefined) return [];
    const effect = raw['effect'] === 'deny' ? ('deny' as const) : ('allow' as const);
    const conditions = readConditions(raw['conditions']);
    if (conditions === undefined && effect === 'allow') return [];
    const resource = textOf(raw['resource']);
    return [{ action, effect, ...(resource ? { resource } : {}), ...(conditions ? { conditions } : {}) }];
  });
}

/** What is wrong with grants as a client sent them, by path; what {@link readGrants} would drop is told here. */
export function grantProblems(value: unknown, path: string): Problem[] {
  if (!Array.isArray(value)) return [{ path, message: 'must be a list' }];
  return value.flatMap((item, at) => {
    const raw = asObject(item);
    const wrong = (member: string, message: string) => ({ path: `${path}[${at}].${member}`, message });
    return [
      ...(textOf(raw['action']) === undefined ? [wrong('action', 'is required')] : []),
      ...(isEffect(raw['effect']) ? [] : [wrong('effect', 'must be allow or deny')]),
      ...(readConditions(raw['conditions']) ? [] : [wrong('conditions', 'has one that cannot be read')]),
      ...(raw['dependencies'] === undefined
        ? []
        : grantProblems(raw['dependencies'], `${path}[${at}].dependencies`)),
    ];
  });
}

function isEffect(value: unknown): boolean {
  return value === undefined || value === 'allow' || value === 'deny';
}

function readConditions(value: unknown): GrantCondition[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const conditions = value.map(readCondition);
  return conditions.every((condition) => condition !== undefined) ? conditions : undefined;
}

function readCondition(value: unknown): GrantCondition | undefined {
  const raw = asObject(value);
  const operation = raw['operation'];
  const attribute = textOf(raw['attribute']);
  if (operation === 'equals' || operation === 'not_equals') {
    const values: unknown = raw['values'];
    return attribute !== undefined && Array.isArray(values) ? { operation, attribute, values } : undefined;
  }
  if (operation === 'equals_current_user' || operation === 'not_equals_current_user') {
    const listed = textsOf(raw['attributes']);
    return { operation, attributes: listed.length > 0 ? listed : attribute !== undefined ? [attribute] : [] };
  }
  return undefined;
}
