import type { Principal } from '../../identity/principal.ts';

/** Asks whether a caller may do something; throws 403 otherwise. */
export interface GrantCheck {
  requireGrant(call: { readonly principal: Principal }, action: string, resource?: string): Promise<void>;
}
