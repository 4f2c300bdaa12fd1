import type { Clock } from '../ports/index.ts';
import { forbidden } from '../refusal.ts';
import { namesOfAction } from './grants/alias.ts';
import { type AttributePlace, attributeAllowed, visibleMembers } from './grants/attributes.ts';
import { decide, type EffectiveGrants } from './grants/decision.ts';
import { type Granted, grantedParts } from './grants/granted.ts';
import type { JsonObject } from './json-reading.ts';
import type { Principal } from './principal.ts';
import { effectiveGrants } from './roles/effective-grants.ts';
import type { RoleCache } from './roles/role-cache.ts';

/** A caller's rights, loaded once and asked often: for lists and for attributes. */
export interface CallerRights {
  /** Whether the caller may do this; `entity` is what conditions of grants look at. */
  allows(action: string, resource: string, entity?: JsonObject): boolean;
  /** The entity without the attributes the caller may not see; `placeOf` tells an attribute's groups. */
  visible(schema: string, entity: JsonObject, placeOf: (attribute: string) => AttributePlace): JsonObject;
  /** Which entities of a schema the caller may take an action on, as far as that can be said before looking at them; all parts must hold. */
  granted(action: string, schema: string): readonly Granted[];
  /** Whether the caller may change one attribute (the entity itself needs `entity:edit` besides). */
  mayEdit(schema: string, attribute: AttributePlace, entity?: JsonObject): boolean;
}

/** Permission checks (identity §4): what other domains ask before they act. */
export class Access {
  readonly #roles: RoleCache;
  readonly #clock: Clock;

  constructor(roles: RoleCache, clock: Clock) {
    this.#roles = roles;
    this.#clock = clock;
  }

  /** Loads what a caller may do; roles are at most 30 seconds old. */
  async rightsOf(principal: Principal): Promise<CallerRights> {
    const roles = principal.org === undefined ? new Map() : await this.#roles.rolesOf(principal.org);
    const grants = effectiveGrants(principal, roles, this.#clock.now());
    return rightsFrom(grants, principal.kind === 'portal_user');
  }

  /** Whether a caller may take an action on a resource such as `contract:<id>`, `integration:<id>` or `*` (identity §4.3). */
  async isAllowed(
    principal: Principal,
    action: string,
    resource: string,
    entity?: JsonObject,
  ): Promise<boolean> {
    return (await this.rightsOf(principal)).allows(action, resource, entity);
  }

  /** Throws 403 naming the action when the caller may not take it. */
  async requireGrant(
    call: { readonly principal: Principal },
    action: string,
    resource = '*',
    entity?: JsonObject,
  ): Promise<void> {
    if (await this.isAllowed(call.principal, action, resource, entity)) return;
    throw forbidden(`Not permitted: ${action}`);
  }
}

function rightsFrom(grants: EffectiveGrants, strict: boolean): CallerRights {
  return {
    allows: (action, resource, entity) =>
      decide(grants, { actions: namesOfAction(action), resources: [resource], entity }),
    granted: (action, schema) => grantedParts(grants, namesOfAction(action), schema),
    visible: (schema, entity, placeOf) => visibleMembers(grants, schema, entity, placeOf, { strict }),
    mayEdit: (schema, attribute, entity) =>
      attributeAllowed(grants, 'entity:attribute:edit', schema, attribute, { strict, entity }),
  };
}
