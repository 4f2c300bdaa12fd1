import { ACCESS_EVENT } from './access-event.ts';
import { ACTIVITY_EVENTS } from './activity-events.ts';
import type { CatalogEvent } from './catalog-event.ts';
import { ENTITY_EVENTS } from './entity-events.ts';
import { RAISED_EVENTS } from './raised-events.ts';

/** Every event of the catalog, by name. */
export const CATALOG: readonly CatalogEvent[] = [
  ...RAISED_EVENTS,
  ...ENTITY_EVENTS,
  ...ACTIVITY_EVENTS,
  ACCESS_EVENT,
].sort((a, b) => (a.name < b.name ? -1 : 1));

const BY_NAME = new Map(CATALOG.map((event) => [event.name, event]));

/** Finds an event by its exact name. */
export function catalogEvent(name: string): CatalogEvent | undefined {
  return BY_NAME.get(name);
}

/** The catalog's name of an event that a webhook config names; configs may write `event_` in front (contract, `eventVersion`). */
export function catalogNameOf(eventName: string): string {
  return eventName.startsWith('event_') ? eventName.slice('event_'.length) : eventName;
}
