import type { Operations } from '../../contract/operation-types.ts';
import type { PortalEntitiesPlatform } from './platform.ts';
import { detailBundle } from './reading/detail-bundle.ts';
import { updateEntity } from './updating/update-entity.ts';

/** `getContact` and `updateContact`: the mapped contact, never those the user represents (spec/portal.md §5.8, §5.10). */
export function contactOperations(platform: PortalEntitiesPlatform): Operations<'customer-portal'> {
  return {
    async getContact(call) {
      const access = await platform.accessOf(call);
      return detailBundle(access, 'contact', access.contactId);
    },

    async updateContact(call) {
      const { contactId } = await platform.accessOf(call);
      return {
        data: await updateEntity(platform, call, { slug: 'contact', id: contactId, attributes: call.body }),
      };
    },
  };
}
