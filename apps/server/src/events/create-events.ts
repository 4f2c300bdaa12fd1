import type { Operations } from '../contract/operation-types.ts';
import type { Queue, RecurringTask } from '../jobs/index.ts';
import type { Tenant } from '../storage/index.ts';
import { catalogOperations } from './catalog/catalog-operations.ts';
import { activityPublisher } from './outbox/activity-publisher.ts';
import { Dispatcher } from './outbox/dispatcher.ts';
import { undeliveredEvents } from './outbox/undelivered.ts';
import type { EventsPlatform } from './platform.ts';
import { type EventRetention, retentionTask } from './retention.ts';
import { Sender } from './webhooks/attempt.ts';
import { configOperations } from './webhooks/config-operations.ts';
import { type DirectDelivery, deliverNow } from './webhooks/deliver-now.ts';
import type { Delivery } from './webhooks/delivery.ts';
import { deliveryOperations } from './webhooks/delivery-operations.ts';
import { DeliveryRunner } from './webhooks/delivery-runner.ts';

/** The event domain, put together. */
export interface Events {
  /** For the server's job workers. */
  readonly queues: readonly Queue[];
  readonly recurring: readonly RecurringTask[];
  readonly operations: {
    readonly webhooks: Operations<'webhooks'>;
    readonly 'event-catalog': Operations<'event-catalog'>;
  };
  /**
   * Sends one message to a webhook at once and answers how the first attempt went; it is stored before, and retried in the background.
   * @throws Refusal 404 `WEBHOOK_NOT_FOUND`
   */
  deliverNow(tenant: Tenant, delivery: DirectDelivery): Promise<Delivery>;
}

/** Builds the event domain on its platform. */
export function createEvents(platform: EventsPlatform, retention?: EventRetention): Events {
  const dispatcher = new Dispatcher(platform);
  const runner = new DeliveryRunner({ ...platform, sender: new Sender(platform) });
  return {
    queues: [activityPublisher(platform.clock), dispatcher.queue, runner.queue],
    recurring: [
      retentionTask(platform.database, platform.clock, retention),
      undeliveredEvents(platform.database, platform.clock, dispatcher),
    ],
    operations: {
      webhooks: { ...configOperations(platform), ...deliveryOperations(platform, dispatcher) },
      'event-catalog': catalogOperations(platform),
    },
    deliverNow: (tenant, delivery) => deliverNow(tenant, runner, platform.clock, delivery),
  };
}
