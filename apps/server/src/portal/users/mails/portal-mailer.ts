import type { PortalMails, PortalRecord } from '../../../identity/index.ts';
import { readSignInSettings } from '../../../identity/index.ts';
import type { MailAddress, Mailer } from '../../../ports/index.ts';
import type { MailPurpose } from './mail-texts.ts';
import { type MailContext, renderMail } from './render-mail.ts';

/** A mail of a portal to somebody. */
export interface PortalLetter {
  readonly purpose: MailPurpose;
  readonly portal: Pick<PortalRecord, 'portalId' | 'config'>;
  /** Address, lower case. */
  readonly to: string;
  /** The portal's language when undefined. */
  readonly language?: string | undefined;
  readonly context?: Omit<MailContext, 'portal'>;
}

/** Sends the mails of portals in their name. */
export class PortalMailer {
  readonly #mailer: Mailer;
  readonly #from: MailAddress;

  constructor(mailer: Mailer, from: MailAddress) {
    this.#mailer = mailer;
    this.#from = from;
  }

  /** Renders and sends; rejects with a `MailError`. Test portals send nothing (portal §3.2 `is_dummy`). */
  async send({ purpose, portal, to, language, context }: PortalLetter): Promise<void> {
    if (isDummy(portal.config)) return;
    const settings = readSignInSettings(portal.portalId, portal.config);
    const mail = renderMail(purpose, language ?? settings.language, {
      ...context,
      portal: { name: settings.name },
    });
    await this.#mailer.send({
      from: { name: settings.name, address: this.#from.address },
      to: [{ address: to }],
      ...mail,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  }
}

/** The mails of sign-in, in the portal's name and wording. */
export function portalMails(mailer: PortalMailer): PortalMails {
  return {
    send: ({ kind, portal, to, language, code, link }) =>
      mailer.send({ purpose: kind, portal, to, language, context: { code, link } }),
  };
}

function isDummy(config: unknown): boolean {
  return typeof config === 'object' && config !== null && 'is_dummy' in config && config.is_dummy === true;
}
