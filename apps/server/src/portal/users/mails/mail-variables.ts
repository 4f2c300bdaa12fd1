import { type Document, entityDocuments, findEntity } from '../../../entities/index.ts';
import { type PortalRecord, portalLink, readSignInSettings } from '../../../identity/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import { relatedTo } from '../portal-user.ts';
import type { MailPurpose } from './mail-texts.ts';
import type { MailContext } from './render-mail.ts';

/** The portal objects of templates by origin (portal §3.7, §10.4); `portalUser` stands for the portal of the mail in every case. */
const BY_ORIGIN: Readonly<Record<string, string>> = {
  END_CUSTOMER_PORTAL: 'customerPortal',
  INSTALLER_PORTAL: 'installerPortal',
};

/** Which of a mail's links are for which purpose. */
const LINK_NAMES: Partial<Record<MailPurpose, string>> = {
  confirmAccount: 'confirmationLink',
  journeySignUp: 'confirmationLink',
  confirmEmailUpdate: 'confirmationLink',
  forgotPassword: 'forgotPasswordLink',
  verifyCodeToSetPassword: 'forgotPasswordLink',
  partnerInvitation: 'invitationLink',
  invitation: 'invitationLink',
  advancedAuth: 'signInLink',
  onDocUpload: 'newDocumentLink',
  onNewQuote: 'entityLink',
  onWorkflowStepAssigned: 'entityLink',
};

/**
 * What an organisation's own mail may speak of (docs/portal-administration.md): `code`, `link`, `inviter`, `portal`, the user and the contact the
 * mail is for, and the portal's links under the published names, `portalUser.confirmationLink` and the like.
 */
export async function mailVariables(
  queries: TenantQueries,
  purpose: MailPurpose,
  portal: Pick<PortalRecord, 'portalId' | 'config' | 'origin' | 'domains'>,
  portalUserId: string | undefined,
  context: Omit<MailContext, 'portal'>,
): Promise<Document> {
  const user = portalUserId ? await findEntity(queries, portalUserId, 'portal_user') : undefined;
  const contactId = user && relatedTo(user, 'mapped_contact')[0];
  const contact = contactId ? await findEntity(queries, contactId, 'contact') : undefined;
  const [shownUser, shownContact] = await entityDocuments(
    queries,
    [user, contact].filter((one) => one !== undefined),
  );
  const { name } = readSignInSettings(portal.portalId, portal.config);
  const linkName = LINK_NAMES[purpose];
  const links = {
    name,
    url: portalLink(portal, '', {}),
    loginLink: portalLink(portal, '/login', {}),
    ...(linkName ? { [linkName]: context.link ?? '' } : {}),
  };
  const mapped = BY_ORIGIN[portal.origin];
  return {
    ...context,
    portal: { name, origin: portal.origin, url: links.url, domain: portal.domains[0] ?? '' },
    portal_user: shownUser ?? {},
    contact: shownContact ?? {},
    portalUser: links,
    ...(mapped ? { [mapped]: links } : {}),
  };
}
