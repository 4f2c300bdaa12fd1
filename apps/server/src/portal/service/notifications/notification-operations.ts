import type { Operations } from '../../../contract/operation-types.ts';
import { findEntity } from '../../../entities/index.ts';
import { invalid, notFound, unauthorized } from '../../../refusal.ts';
import type { ServicePlatform } from '../service-platform.ts';
import { moveRecipients } from './campaign-store.ts';
import { setNotificationStatus } from './notification-store.ts';

const MOST_NOTIFICATIONS = 100;
const MOST_REFERENCES = 100;

/** What users did with notifications and campaign blocks (spec/portal.md §10.1, §10.2). */
export function notificationOperations({ accessOf, clock }: ServicePlatform): Operations<'customer-portal'> {
  return {
    async updateNotificationsStatus(call) {
      const { principal, tenant } = call;
      if (principal.kind !== 'portal_user') throw unauthorized('A portal token is required');
      const notifications = call.body?.notifications ?? [];
      if (notifications.length < 1 || notifications.length > MOST_NOTIFICATIONS) {
        const message = `must have 1 to ${MOST_NOTIFICATIONS} entries`;
        throw invalid({ path: 'body.notifications', message });
      }
      // The last word counts where one is named twice.
      const wanted = [...new Map(notifications.map((one) => [one.id, one])).values()];
      await tenant.transaction(async (tx) => {
        const updated = await setNotificationStatus(tx, principal.portalUserId, wanted, clock.now());
        if (updated < wanted.length) throw notFound('A notification', 'NOTIFICATION_NOT_FOUND');
      });
      return { message: 'Notifications status updated successfully.' };
    },

    async updateCampaignPortalBlockStatus(call) {
      const { tenant } = call;
      const access = await accessOf(call);
      const { status, entity_refs: references } = call.body;
      if (references.length > MOST_REFERENCES) {
        throw invalid({ path: 'body.entity_refs', message: `has more than ${MOST_REFERENCES} entries` });
      }
      const campaign = await findEntity(tenant, call.parameters.campaign_id, 'campaign');
      if (!campaign) throw notFound('The campaign', 'CAMPAIGN_NOT_FOUND');
      const wanted = new Map(references.map((reference) => [reference.entity_id, reference.entity_schema]));
      const reached = await access.loadMany([...wanted.keys()]);
      const recipients = reached.filter(({ id, schema }) => wanted.get(id) === schema).map(({ id }) => id);
      const updated = await tenant.transaction((tx) =>
        moveRecipients(tx, campaign.id, recipients, status, clock.now()),
      );
      const failed = wanted.size - updated;
      return { success: failed === 0, updated, failed, total: wanted.size };
    },
  };
}
