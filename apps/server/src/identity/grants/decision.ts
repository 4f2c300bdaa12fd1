import type { JsonObject } from '../json-reading.ts';
import { conditionHolds } from './condition.ts';
import type { Grant } from './grant.ts';
import { matchesPattern } from './pattern.ts';

/** The grants that speak for a caller (identity §4.3), already reduced to roles that count now. */
export interface EffectiveGrants {
  /** Grants of the caller's own roles and their parents. */
  readonly own: readonly Grant[];
  /** Grants of the organisation role, which nobody exceeds; undefined where there is no ceiling (portal users). */
  readonly ceiling: readonly Grant[] | undefined;
  /** Owners may do whatever the ceiling allows. */
  readonly isOwner: boolean;
  /** The token itself forbids everything but looking. */
  readonly readOnly: boolean;
  /** Who `current_user` conditions compare with. */
  readonly userId: string | undefined;
}

/** Something a caller wants to do. Actions and resources are alternative names of one thing: a grant that fits one of each fits. */
export interface Wish {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** The entity that conditions look at; undefined when it is not loaded. */
  readonly entity?: JsonObject | undefined;
}

/** Decides a wish: an explicit deny wins everywhere, then own grants and the ceiling must both allow. Never throws. */
export function decide(grants: EffectiveGrants, wish: Wish): boolean {
  if (grants.readOnly && !wish.actions.some(isReading)) return false;
  const counts = (grant: Grant) => conditionsHold(grant, wish, grants.userId);
  const own = grantsAbout(grants.own, wish).filter(counts);
  const ceiling = grants.ceiling && grantsAbout(grants.ceiling, wish).filter(counts);
  if (own.some(isDeny) || ceiling?.some(isDeny)) return false;
  const ceilingAllows = ceiling === undefined || ceiling.length > 0;
  return grants.isOwner ? ceilingAllows : ceilingAllows && own.length > 0;
}

/** Actions a read-only token may still take (identity §3.3): view, export and download, at any depth. */
function isReading(action: string): boolean {
  return /(^|:)(view|export|download)$/.test(action);
}

function isDeny(grant: Grant): boolean {
  return grant.effect === 'deny';
}

/** Names of one thing that a list of grants has been asked about; more than this are asked again. */
const MOST_REMEMBERED = 2_000;
const remembered = new WeakMap<readonly Grant[], Map<string, readonly Grant[]>>();

/**
 * The grants of a list whose action and resource fit a wish, their conditions aside. That never changes for a list, and a role's list lives as long as
 * the role is kept in memory, while every attribute of every answer asks: so it is remembered with the list.
 */
function grantsAbout(grants: readonly Grant[], { actions, resources }: Wish): readonly Grant[] {
  const known = remembered.get(grants) ?? new Map<string, readonly Grant[]>();
  remembered.set(grants, known);
  const name = nameOf(actions, resources);
  const before = known.get(name);
  if (before) return before;
  const about = grants.filter((grant) => speaksOf(grant, actions, resources));
  if (known.size >= MOST_REMEMBERED) known.clear();
  known.set(name, about);
  return about;
}

/** Names of actions have no blanks, so one of each needs no quotes; most wishes are so. */
function nameOf(actions: readonly string[], resources: readonly string[]): string {
  return actions.length === 1 && resources.length === 1
    ? `${actions[0]} ${resources[0]}`
    : JSON.stringify([actions, resources]);
}

function speaksOf(grant: Grant, actions: readonly string[], resources: readonly string[]): boolean {
  if (!actions.some((action) => matchesPattern(grant.action, action))) return false;
  const resource = resourcePattern(grant);
  return resource === undefined || resources.some((one) => matchesPattern(resource, one));
}

function conditionsHold(grant: Grant, wish: Wish, userId: string | undefined): boolean {
  const conditions = grant.conditions ?? [];
  if (conditions.length === 0) return true;
  // What cannot be judged closes: a deny counts, an allow does not.
  if (wish.entity === undefined) return isDeny(grant);
  const { entity } = wish;
  return conditions.every((condition) => conditionHolds(condition, entity, userId));
}

/** What a grant is about; undefined for everything. Entity grants name a schema alone at times (`file`): that means all of its entities (identity §4.2). */
export function resourcePattern(grant: Grant): string | undefined {
  const { action, resource } = grant;
  if (resource === undefined || resource === '*') return undefined;
  const isEntityGrant = action === 'entity' || action.startsWith('entity:');
  return isEntityGrant && !resource.includes(':') && !resource.includes('*') ? `${resource}:*` : resource;
}
