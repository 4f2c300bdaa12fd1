export { type AccessOf, type PortalAccessPlatform, portalAccess } from './access-of.ts';
export { calendarDay, ORGANISATION_TIME_ZONE } from './calendar-day.ts';
export type { AccessPortal, PortalAccess } from './portal-access.ts';
