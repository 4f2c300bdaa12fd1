import type { EffectiveGrants } from './decision.ts';
import { resourcePattern } from './decision.ts';
import type { Grant, GrantCondition } from './grant.ts';
import { matchesPattern } from './pattern.ts';

/** An allow grant that is about some entities of a schema only: one, or those that fit all conditions. */
export interface PartialGrant {
  readonly id: string | undefined;
  readonly conditions: readonly GrantCondition[];
}

/** The entities of a schema that a list of grants opens: all, or what one of some grants opens; no grant, no entity. */
export type Granted = 'all' | readonly PartialGrant[];

/**
 * Which entities of a schema grants open for an action, before any entity is looked at: everything in the answer must hold at once (own grants
 * and the ceiling). Denies that depend on an entity are left to `decide`.
 */
export function grantedParts(
  { own, ceiling, isOwner }: EffectiveGrants,
  actions: readonly string[],
  schema: string,
): readonly Granted[] {
  const lists = [...(isOwner ? [] : [own]), ...(ceiling ? [ceiling] : [])];
  return lists.map((grants) => grantedBy(grants, actions, schema));
}

function grantedBy(grants: readonly Grant[], actions: readonly string[], schema: string): Granted {
  const about = grants.filter((grant) => actions.some((action) => matchesPattern(grant.action, action)));
  const isUnconditional = ({ conditions = [] }: Grant) => conditions.length === 0;
  const whole = about.filter((grant) => isOfAll(grant, schema));
  if (whole.some((grant) => grant.effect === 'deny' && isUnconditional(grant))) return [];
  const allows = about.filter(({ effect }) => effect !== 'deny');
  if (allows.some((grant) => whole.includes(grant) && isUnconditional(grant))) return 'all';
  return allows.flatMap((grant): PartialGrant[] => {
    const conditions = grant.conditions ?? [];
    if (whole.includes(grant)) return [{ id: undefined, conditions }];
    const resource = resourcePattern(grant) ?? '';
    const isOfOne = resource.startsWith(`${schema}:`) && !resource.includes('*');
    return isOfOne ? [{ id: resource.slice(schema.length + 1), conditions }] : [];
  });
}

function isOfAll(grant: Grant, schema: string): boolean {
  const resource = resourcePattern(grant);
  return resource === undefined || matchesPattern(resource, `${schema}:*`);
}
