import { asObject } from '../../../contract/json-object.ts';
import { type Entity, findEntity, relationItems } from '../../../entities/index.ts';
import type { SingleQueue } from '../../../jobs/index.ts';
import type { Tenant } from '../../../storage/index.ts';
import type { Portal } from '../../config/index.ts';
import { entityLink } from '../automation/template-links.ts';
import { usersInReach } from '../automation/users-in-reach.ts';
import type { ServicePlatform } from '../service-platform.ts';
import { insertNotification, type NotificationBody, notificationNumber } from './notification-store.ts';
import { NOTIFICATION_QUEUE, notifiesOf } from './notification-triggers.ts';

/** What notifying stands on. */
export interface NotificationPlatform
  extends Pick<ServicePlatform, 'accessOf' | 'portals' | 'clock' | 'pages'> {
  readonly portalsOf: (tenant: Tenant) => Promise<Portal[]>;
}

const TEXTS = {
  entity_created: { de: 'Neu in Ihrem Portal', en: 'New in your portal' },
  entity_assigned: { de: 'Ihnen zugeordnet', en: 'Assigned to you' },
} as const;

/**
 * Writes the notifications that entity writes wished for: to every active user of a portal with the trigger who passes all gates to the entity
 * (spec/portal.md §5.1), and of assignments only to those whom the entity was related to. Whoever did it is not told.
 */
export function notificationQueue(platform: NotificationPlatform): SingleQueue {
  return {
    name: NOTIFICATION_QUEUE,
    attempts: 6,
    async handler({ payload }, { tenant }) {
      const { trigger, entityId, cause, assignedTo, actor } = asObject(payload);
      if (trigger !== 'entity_created' && trigger !== 'entity_assigned') return;
      const entity = await findEntity(tenant, String(entityId));
      if (!entity) return;
      const isMeant = (user: Entity) =>
        user.id !== actor &&
        (trigger === 'entity_created' || (Array.isArray(assignedTo) && isOneOf(user, assignedTo)));
      for (const portal of await platform.portalsOf(tenant)) {
        if (!notifiesOf(portal.config, trigger, entity.schema)) continue;
        const users = (await usersInReach(platform, tenant, [entity], portal)).filter(isMeant);
        const body = await bodyOf(platform, tenant, portal, entity, trigger);
        await tenant.transaction(async (tx) => {
          const id = notificationNumber(trigger, entity.id, String(cause));
          for (const user of users) await insertNotification(tx, user.id, { id, body }, platform.clock.now());
        });
      }
    },
  };
}

function isOneOf(user: Entity, contactIds: readonly unknown[]): boolean {
  const mapped = relationItems(user.doc['mapped_contact']) ?? [];
  return mapped.some(({ entity_id: id }) => contactIds.includes(id));
}

async function bodyOf(
  { pages }: NotificationPlatform,
  tenant: Tenant,
  portal: Portal,
  entity: Entity,
  trigger: keyof typeof TEXTS,
): Promise<NotificationBody> {
  return {
    type: trigger,
    title: TEXTS[trigger],
    message: { de: entity.title, en: entity.title },
    redirect_url: await entityLink(pages, tenant, portal, entity),
  };
}
