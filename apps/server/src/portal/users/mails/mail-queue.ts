import { asObject } from '../../../contract/json-object.ts';
import { findEntity } from '../../../entities/index.ts';
import { portalLink } from '../../../identity/index.ts';
import { enqueue, type SingleQueue } from '../../../jobs/index.ts';
import type { Tenant, TenantTransaction } from '../../../storage/index.ts';
import type { Portal } from '../../config/index.ts';
import { firstAddress, personName, REGISTRATION, textAttribute } from '../portal-user.ts';
import type { UsersPlatform } from '../users-platform.ts';
import type { PortalMailer } from './portal-mailer.ts';

const QUEUE = 'portal-mail';

/** A mail that goes out once the transaction that wants it has committed. Ids, never tokens: those are made when the mail is written. */
export type MailWish =
  | {
      readonly kind: 'confirmation';
      readonly portalId: string;
      readonly portalUserId: string;
      /** The registration came from a journey (portal §4.2 step 8). */
      readonly source?: 'journey' | undefined;
    }
  | { readonly kind: 'mapped'; readonly portalId: string; readonly portalUserId: string }
  | {
      readonly kind: 'email-change';
      readonly portalId: string;
      readonly portalUserId: string;
      readonly newEmail: string;
    }
  | {
      readonly kind: 'partner-invitation';
      readonly portalId: string;
      readonly portalUserId: string;
      readonly contactId: string;
      readonly inviterContactId: string;
    }
  | {
      readonly kind: 'already-registered' | 'registration-refused';
      readonly portalId: string;
      readonly to: string;
    }
  | {
      readonly kind: 'pending-user';
      readonly portalId: string;
      readonly portalUserId: string;
      readonly to: string;
    };

/** Wants a mail within the caller's transaction. A failing mail server is tried again and undoes nothing (portal §4.2 step 9). */
export function wantMail(tx: TenantTransaction, wish: MailWish, now: Date): Promise<void> {
  return enqueue(tx, { queue: QUEUE, payload: wish }, now);
}

/** Writes the mails that were wanted. */
export function mailQueue(platform: UsersPlatform, mailer: PortalMailer): SingleQueue {
  return {
    name: QUEUE,
    attempts: 6,
    async handler({ payload }, { tenant }) {
      const wish = asObject(payload);
      const portal = await platform.portals.find(text(wish['portalId']));
      if (portal?.org !== tenant.org) return;
      await write(platform, mailer, portal, tenant, wish);
    },
  };
}

async function write(
  platform: UsersPlatform,
  mailer: PortalMailer,
  portal: Portal,
  tenant: Tenant,
  wish: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { accounts } = platform.identity;
  const user = await findEntity(tenant, text(wish['portalUserId']), 'portal_user');
  const portalUserId = user?.id;
  const address = user && firstAddress(user);
  const language = user && textAttribute(user, 'language');
  switch (wish['kind']) {
    case 'confirmation': {
      // Confirmed or deleted in the meantime: nothing left to ask for.
      if (!user || !address || user.doc['registration_status'] !== REGISTRATION.confirmationSent) return;
      const token = await accounts.issueConfirmation(tenant, user.id);
      const link = confirmationLink(platform.baseUrl, token);
      const purpose = wish['source'] === 'journey' ? 'journeySignUp' : 'confirmAccount';
      return mailer.send({ purpose, portal, portalUserId, to: address, language, context: { link } });
    }
    case 'email-change': {
      const to = text(wish['newEmail']);
      if (!user || user.doc['registration_status'] !== REGISTRATION.emailUpdate) return;
      const token = await accounts.issueEmailChange(tenant, user.id, to);
      const link = portalLink(portal, '/new-email', { token });
      return mailer.send({
        purpose: 'confirmEmailUpdate',
        portal,
        portalUserId,
        to,
        language,
        context: { link },
      });
    }
    case 'partner-invitation': {
      if (!address) return;
      const inviter = personName(await findEntity(tenant, text(wish['inviterContactId']), 'contact'));
      const contactId = text(wish['contactId']);
      const link = portalLink(portal, '/register', { contactId, email: address });
      return mailer.send({
        purpose: 'partnerInvitation',
        portal,
        portalUserId,
        to: address,
        language,
        context: { link, inviter },
      });
    }
    case 'mapped':
      if (!address) return;
      return mailer.send({
        purpose: 'onMapAPendingUser',
        portal,
        portalUserId,
        to: address,
        language,
        context: loginPage(portal),
      });
    case 'already-registered':
      return mailer.send({
        purpose: 'alreadyRegistered',
        portal,
        to: text(wish['to']),
        context: loginPage(portal),
      });
    case 'registration-refused':
      return mailer.send({ purpose: 'registrationRefused', portal, to: text(wish['to']) });
    case 'pending-user':
      if (!address) return;
      return mailer.send({
        purpose: 'pendingUser',
        portal,
        to: text(wish['to']),
        context: { user: { email: address } },
      });
    default:
      throw new Error(`No mail is known as ${String(wish['kind'])}`);
  }
}

function loginPage(portal: Portal): { link: string } {
  return { link: portalLink(portal, '/login', {}) };
}

function confirmationLink(baseUrl: string, token: string): string {
  return `${baseUrl}/v2/portal/user/confirm?${new URLSearchParams({ confirmation_link_token: token })}`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
