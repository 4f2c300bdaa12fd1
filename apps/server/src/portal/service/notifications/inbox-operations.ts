import type { Operations } from '../../../contract/operation-types.ts';
import type { Call } from '../../../http/call.ts';
import { invalid, notFound, unauthorized } from '../../../refusal.ts';
import type { ServicePlatform } from '../service-platform.ts';
import {
  countUnread,
  hasNotification,
  listNotifications,
  markRead,
  type NotificationCursor,
  type StoredNotification,
} from './notification-store.ts';

const PAGE = 25;
const LARGEST_PAGE = 100;

/** What a portal user has been notified of (contract `listPortalNotifications` and its neighbours). */
export function inboxOperations({ clock }: Pick<ServicePlatform, 'clock'>): Operations<'customer-portal'> {
  return {
    async listPortalNotifications(call) {
      const { cursor, limit = PAGE } = call.parameters;
      if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE)
        throw invalid({ path: 'query.limit', message: `must be a whole number from 1 to ${LARGEST_PAGE}` });
      const user = userOf(call);
      const after = cursor === undefined ? undefined : readCursor(cursor);
      const found = await listNotifications(call.tenant, user, limit + 1, after);
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        results: page.map(toWire),
        total_unread: await countUnread(call.tenant, user),
        ...(found.length > limit && last ? { cursor: writeCursor(last) } : {}),
      };
    },

    async getPortalNotificationsUnreadCount(call) {
      return { count: await countUnread(call.tenant, userOf(call)) };
    },

    async markAllPortalNotificationsRead(call) {
      await markRead(call.tenant, userOf(call), clock.now());
    },

    async markPortalNotificationRead(call) {
      const user = userOf(call);
      const id = String(call.parameters.id);
      if (!(await hasNotification(call.tenant, user, id)))
        throw notFound('The notification', 'NOTIFICATION_NOT_FOUND');
      await markRead(call.tenant, user, clock.now(), id);
    },
  };
}

function userOf({ principal }: Pick<Call, 'principal'>): string {
  if (principal.kind !== 'portal_user') throw unauthorized('A portal token is required');
  return principal.portalUserId;
}

function toWire({ id, isRead, body, createdAt }: StoredNotification) {
  return { ...body, id, notification_id: Number(id), read: isRead, created_at: createdAt.toISOString() };
}

function writeCursor({ createdAt, id }: NotificationCursor): string {
  return Buffer.from(`${createdAt.toISOString()} ${id}`).toString('base64');
}

function readCursor(cursor: string): NotificationCursor {
  const [instant = '', id = ''] = Buffer.from(cursor, 'base64').toString().split(' ');
  const createdAt = new Date(instant);
  if (Number.isNaN(createdAt.getTime()) || !/^\d{1,20}$/.test(id))
    throw invalid({ path: 'query.cursor', message: 'is no cursor' });
  return { createdAt, id };
}
