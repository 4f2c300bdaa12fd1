import type { Principal } from '../identity/principal.ts';
import type { Clock } from '../ports/index.ts';

/** What the workflows stand on. */
export interface WorkflowPlatform {
  readonly clock: Clock;
  readonly access: {
    /** Throws 403 when the caller may not take the action. */
    requireGrant(call: { readonly principal: Principal }, action: string, resource?: string): Promise<void>;
  };
}
