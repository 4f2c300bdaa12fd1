import type { Tenant } from '../../storage/index.ts';
import type { EmittedEvent } from './catalog-envelope.ts';

/** One delivery that a planner wants for an event. */
export interface PlannedDelivery {
  /** Distinguishes the planner's deliveries for one event (a mapping id); asking again for the same one has no effect. */
  readonly target: string;
  /** The webhook config; nothing is delivered when it does not exist, is disabled, or its filter does not match. */
  readonly webhookId: string;
  /** The JSON body, or why there is none: then the delivery is recorded as failed and nothing is sent. */
  readonly content: DeliveryContent;
  /** Shown with the delivery (use case, mapping ...). No secrets. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export type DeliveryContent =
  | { readonly kind: 'body'; readonly body: unknown }
  | { readonly kind: 'failure'; readonly code: string; readonly message: string };

export interface DeliveryPlan {
  readonly deliveries: readonly PlannedDelivery[];
  /** Webhooks that the planner speaks for, with or without a delivery: their own subscription to the event does not fire (erp-integration.md 10.1). */
  readonly webhooks: readonly string[];
}

/**
 * Turns an event into deliveries. Called outside a transaction, again after a crash: what it answers must follow from the event and the
 * stored configuration. What it throws delays the event and is tried again; failures that are the tenant's belong into the plan.
 */
export interface DeliveryPlanner {
  /** Stable; part of the deliveries' identity. */
  readonly name: string;
  plan(event: EmittedEvent, tenant: Tenant): Promise<DeliveryPlan>;
  /** Whom the event concerns by its name, without a look at what it says: for events that cannot be planned. */
  concerned(eventName: string, tenant: Tenant): Promise<readonly Omit<PlannedDelivery, 'content'>[]>;
}
