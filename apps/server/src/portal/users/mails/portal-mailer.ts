import type { Logger } from 'pino';
import type { Organisations, PortalMails, PortalRecord } from '../../../identity/index.ts';
import { readSignInSettings } from '../../../identity/index.ts';
import type { Mail, MailAddress, Mailer } from '../../../ports/index.ts';
import type { Database } from '../../../storage/index.ts';
import { TemplateError } from '../../../templates/index.ts';
import { commonVariables, emailTemplateId } from '../../config/index.ts';
import { findMailTemplate } from './mail-template.ts';
import type { MailPurpose } from './mail-texts.ts';
import { mailVariables } from './mail-variables.ts';
import { type MailContext, type RenderedMail, renderMail } from './render-mail.ts';
import { renderTemplateMail } from './render-template-mail.ts';

/** A mail of a portal to somebody. */
export interface PortalLetter {
  readonly purpose: MailPurpose;
  readonly portal: Pick<PortalRecord, 'org' | 'portalId' | 'origin' | 'domains' | 'config'>;
  /** Address, lower case. */
  readonly to: string;
  /** Whom the mail is about, when that is a portal user: their own mails may speak of them and their contact. */
  readonly portalUserId?: string | undefined;
  /** The portal's language when undefined. */
  readonly language?: string | undefined;
  readonly context?: Omit<MailContext, 'portal'>;
}

export interface PortalMailerParts {
  readonly mailer: Mailer;
  /** Sender of every mail; the name is the portal's or the template's. */
  readonly from: MailAddress;
  readonly database: Database;
  readonly organisations: () => Pick<Organisations, 'get'>;
  readonly log: Pick<Logger, 'warn'>;
}

/** Sends the mails of portals in their name: the organisation's own template of the purpose, or else the built-in one. */
export class PortalMailer {
  readonly #parts: PortalMailerParts;

  constructor(parts: PortalMailerParts) {
    this.#parts = parts;
  }

  /** Renders and sends; rejects with a `MailError`. Test portals send nothing (portal §3.2 `is_dummy`). */
  async send(letter: PortalLetter): Promise<void> {
    const { portal, to, purpose, context } = letter;
    if (isDummy(portal.config)) return;
    const settings = readSignInSettings(portal.portalId, portal.config);
    const language = letter.language ?? settings.language;
    const own = await this.#fromTemplate(letter, language);
    const mail = own ?? renderMail(purpose, language, { ...context, portal: { name: settings.name } });
    await this.#parts.mailer.send({
      from: { name: settings.name, address: this.#parts.from.address },
      to: [{ address: to }],
      ...mail,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  }

  /** The organisation's own mail; undefined without a template, and with a log line where the template does not do its work. */
  async #fromTemplate(
    letter: PortalLetter,
    language: string,
  ): Promise<(RenderedMail & Pick<Mail, 'from' | 'replyTo'>) | RenderedMail | undefined> {
    const { portal, purpose, context = {} } = letter;
    const templateId = emailTemplateId(portal, purpose);
    if (templateId === undefined) return undefined;
    const tenant = this.#parts.database.tenant(portal.org);
    const template = await findMailTemplate(tenant, templateId);
    if (!template) return this.#refuse(letter, templateId, 'The template does not exist or is empty');
    const variables = {
      ...(await commonVariables(this.#parts.organisations(), tenant)),
      ...(await mailVariables(tenant, purpose, portal, letter.portalUserId, context)),
    };
    try {
      const mail = renderTemplateMail(template, variables, language);
      if (!saysWhatItMust(mail, context)) {
        return this.#refuse(letter, templateId, 'The mail contains neither the code nor the link');
      }
      const { name, email } = template.from;
      return {
        ...mail,
        ...(name ? { from: { name, address: this.#parts.from.address } } : {}),
        ...(email ? { replyTo: { address: email } } : {}),
      };
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return this.#refuse(letter, templateId, error.message);
    }
  }

  #refuse({ portal, purpose }: PortalLetter, templateId: string, reason: string): undefined {
    const { org, portalId } = portal;
    this.#parts.log.warn({ org, portalId, purpose, templateId, reason }, 'e-mail template not used');
    return undefined;
  }
}

/** The mails of sign-in, in the portal's name and wording. */
export function portalMails(mailer: PortalMailer): PortalMails {
  return {
    send: ({ kind, portal, portalUserId, to, language, code, link }) =>
      mailer.send({ purpose: kind, portal, portalUserId, to, language, context: { code, link } }),
  };
}

/** A mail that brings a code or a link is of no use without: nobody could register, sign in or set a password. */
function saysWhatItMust({ html, text }: RenderedMail, { code, link }: Omit<MailContext, 'portal'>): boolean {
  if (!code && !link) return true;
  return Boolean((code && html.includes(code)) || (link && (text.includes(link) || html.includes(link))));
}

function isDummy(config: unknown): boolean {
  return typeof config === 'object' && config !== null && 'is_dummy' in config && config.is_dummy === true;
}
