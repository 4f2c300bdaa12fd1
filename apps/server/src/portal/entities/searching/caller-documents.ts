import { type Document, findEntities } from '../../../entities/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';

/** What templates see of the caller: the mapped contact and the portal user, visible attributes only. Throws 404 while there is no contact. */
export async function callerDocuments(
  queries: TenantQueries,
  access: PortalAccess,
): Promise<{ readonly contact: Document; readonly portalUser: Document }> {
  const found = await findEntities(queries, [access.contactId, access.user.portalUserId]);
  const shown = (slug: string): Document => {
    const entity = found.find(({ schema }) => schema === slug);
    return entity ? access.shownAttributes(entity) : {};
  };
  return { contact: shown('contact'), portalUser: shown('portal_user') };
}
