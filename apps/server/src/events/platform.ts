import type { Principal } from '../identity/principal.ts';
import type { Clock, Egress, SecretBox } from '../ports/index.ts';
import type { Database } from '../storage/index.ts';
import type { Expressions } from './expressions.ts';
import type { DeliveryPlanner } from './outbox/delivery-planner.ts';

/** What the event domain is built on. */
export interface EventsPlatform {
  readonly database: Database;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  readonly egress: Egress;
  readonly expressions: Expressions;
  /** Other domains' reasons to deliver an event; see `DeliveryPlanner`. */
  readonly planners: readonly DeliveryPlanner[];
  readonly access: {
    /** Throws 403 when the caller may not take the action. */
    requireGrant(call: { readonly principal: Principal }, action: string, resource?: string): Promise<void>;
  };
}
