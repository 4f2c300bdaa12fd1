export { CATALOG, catalogEvent } from './catalog/catalog.ts';
export type { CatalogEvent } from './catalog/catalog-event.ts';
export { disabledEvents, setEventEnabled } from './catalog/event-settings.ts';
export { createEvents, type Events } from './create-events.ts';
export type { Expressions } from './expressions.ts';
export { jsonataExpressions } from './jsonata-expressions.ts';
export type { EmittedEvent } from './outbox/catalog-envelope.ts';
export type {
  DeliveryContent,
  DeliveryPlan,
  DeliveryPlanner,
  PlannedDelivery,
} from './outbox/delivery-planner.ts';
export { emitEvent, emitEvents, type NewEvent } from './outbox/emit-event.ts';
export { entityEventListener } from './outbox/entity-event-listener.ts';
export { hydrateEvent } from './outbox/hydrate-event.ts';
export type { EventsPlatform } from './platform.ts';
export type { EventRetention } from './retention.ts';
export { findConfig, listConfigs } from './webhooks/config-store.ts';
export type { DirectDelivery } from './webhooks/deliver-now.ts';
export type { Delivery, DeliveryStatus, HttpResponse } from './webhooks/delivery.ts';
export {
  type DeliveryCursor,
  type DeliveryFilter,
  type DeliveryPage,
  queryDeliveries,
} from './webhooks/delivery-query.ts';
export type { WebhookConfig } from './webhooks/webhook-config.ts';
