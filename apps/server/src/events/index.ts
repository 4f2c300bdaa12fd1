export { CATALOG, catalogEvent } from './catalog/catalog.ts';
export type { CatalogEvent } from './catalog/catalog-event.ts';
export { disabledEvents, setEventEnabled } from './catalog/event-settings.ts';
export type { EmittedEvent } from './outbox/catalog-envelope.ts';
export type {
  DeliveryContent,
  DeliveryPlan,
  DeliveryPlanner,
  PlannedDelivery,
} from './outbox/delivery-planner.ts';
export { emitEvent, emitEvents, type NewEvent, UnknownEvent } from './outbox/emit-event.ts';
