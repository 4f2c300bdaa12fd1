export { type AccessOf, portalAccess } from './access-of.ts';
export { calendarDay } from './calendar-day.ts';
export type { EntityReference } from './found-entities.ts';
export { type ContextReference, loadContext, requireFewReferences } from './load-context.ts';
export type { AccessPortal, PortalAccess } from './portal-access.ts';
export { leadsDown } from './relation-paths.ts';
