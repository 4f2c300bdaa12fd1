import type { Document, Entity } from '../../../entities/index.ts';
import type { PortalPrincipal } from '../../../identity/index.ts';
import { portalSource } from '../../entities/index.ts';

/** What a file remembers of the portal user who uploaded it; the relation gate reads `uploaded_by_portal_user` (spec/portal.md §6.1). */
export function uploadMarks(user: PortalPrincipal): Document {
  return {
    access_control: 'private',
    shared_with_end_customer: true,
    uploaded_by_portal_user: user.portalUserId,
    ...(user.contactId === undefined ? {} : { uploaded_by_contact: user.contactId }),
    source: portalSource(user).label ?? 'portal',
  };
}

/** Whether a portal user of the caller's contact set uploaded a file: those may be taken back (spec/portal.md §6.3). */
export function isOwnUpload(user: PortalPrincipal, { doc }: Entity): boolean {
  const contact = doc['uploaded_by_contact'];
  return (
    doc['uploaded_by_portal_user'] === user.portalUserId ||
    (typeof contact === 'string' && user.contactIds.includes(contact))
  );
}
