import type { EntityAccess, EntityGraph } from '../entities/index.ts';
import type { Files } from '../files/index.ts';
import type { Principal } from '../identity/index.ts';
import type { Clock, Egress, SecretBox } from '../ports/index.ts';
import type { Database } from '../storage/index.ts';
import type { FindAvailableProducts } from './product-availability.ts';

/** What orders, carts, the catalog and promo codes are built on. */
export interface PricingPlatform {
  readonly database: Database;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  /** The way to partners whose prices and catalogs are offered. */
  readonly egress: Egress;
  /** Development only: grid fees are invented for organisations whose `getag` credentials name no partner's address. */
  readonly artificialGrid?: boolean | undefined;
  /** Tells the operator what went wrong without failing a request, such as a partner's product that cannot be used. */
  readonly report: (problem: Error) => void;
  readonly entities: EntityGraph;
  /** Saves what callers have uploaded. */
  readonly files: Pick<Files, 'save'>;
  readonly access: EntityAccess & {
    /** Throws 403 when the caller may not take the action. */
    requireGrant(call: { readonly principal: Principal }, action: string, resource?: string): Promise<void>;
  };
  /** Until somebody knows where products can be delivered, the catalog refuses the question. */
  readonly availableProducts?: FindAvailableProducts | undefined;
}
