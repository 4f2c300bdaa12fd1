import { type Document, findEntity } from '../../../entities/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';

/** What templates see of the caller: the mapped contact and the portal user, visible attributes only. */
export async function callerDocuments(
  queries: TenantQueries,
  access: PortalAccess,
): Promise<{ readonly contact: Document; readonly portalUser: Document }> {
  const contact = await findEntity(queries, access.contactId, 'contact');
  const user = await findEntity(queries, access.user.portalUserId, 'portal_user');
  return {
    contact: contact ? access.shownAttributes(contact) : {},
    portalUser: user ? access.shownAttributes(user) : {},
  };
}
