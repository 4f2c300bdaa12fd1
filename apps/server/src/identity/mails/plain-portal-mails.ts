import type { MailAddress, Mailer } from '../../ports/index.ts';
import { readSignInSettings } from '../portals/sign-in-settings.ts';
import type { PortalMail, PortalMailKind, PortalMails } from './portal-mails.ts';

interface Wording {
  readonly subject: string;
  readonly lead: string;
  readonly code: string;
  readonly link: string;
  readonly end: string;
}

type Texts = Readonly<Record<PortalMailKind, readonly [subject: string, lead: string]>>;

const GERMAN: Texts = {
  confirmAccount: [
    'Bitte bestätigen Sie Ihre E-Mail-Adresse',
    'Willkommen! Bitte bestätigen Sie Ihre E-Mail-Adresse.',
  ],
  advancedAuth: ['Ihr Anmeldecode', 'Mit diesem Code melden Sie sich an. Er gilt 10 Minuten.'],
  journeySignInOneTimePassword: [
    'Ihr Code zum Fortfahren',
    'Mit diesem Code setzen Sie Ihre Anfrage fort. Er gilt 10 Minuten.',
  ],
  forgotPassword: [
    'Passwort zurücksetzen',
    'Mit diesem Code vergeben Sie ein neues Passwort. Er gilt 10 Minuten.',
  ],
  verifyCodeToSetPassword: [
    'Passwort festlegen',
    'Mit diesem Code legen Sie Ihr Passwort fest. Er gilt 10 Minuten.',
  ],
  confirmEmailUpdate: ['Neue E-Mail-Adresse bestätigen', 'Bitte bestätigen Sie Ihre neue E-Mail-Adresse.'],
  secondFactorRemoved: [
    'Authenticator-App entfernt',
    'Ihre Authenticator-App ist nicht mehr Ihr zweiter Faktor. Codes kommen ab jetzt per E-Mail.',
  ],
};

const ENGLISH: Texts = {
  confirmAccount: ['Please confirm your e-mail address', 'Welcome! Please confirm your e-mail address.'],
  advancedAuth: ['Your sign-in code', 'This code signs you in. It is valid for 10 minutes.'],
  journeySignInOneTimePassword: [
    'Your code to continue',
    'This code lets you continue with your request. It is valid for 10 minutes.',
  ],
  forgotPassword: [
    'Reset your password',
    'With this code you can set a new password. It is valid for 10 minutes.',
  ],
  verifyCodeToSetPassword: [
    'Set your password',
    'With this code you can set your password. It is valid for 10 minutes.',
  ],
  confirmEmailUpdate: ['Confirm your new e-mail address', 'Please confirm your new e-mail address.'],
  secondFactorRemoved: [
    'Authenticator app removed',
    'Your authenticator app is no longer your second factor. Codes come by e-mail from now on.',
  ],
};

/** Plain mails in German and English, for portals without templates of their own. */
export function plainPortalMails(mailer: Mailer, from: MailAddress): PortalMails {
  return {
    async send(mail) {
      const wording = wordingOf(mail);
      const { name } = readSignInSettings(mail.portal.portalId, mail.portal.config);
      const lines = [
        wording.lead,
        ...(mail.code ? [`${wording.code}: ${mail.code}`] : []),
        ...(mail.link ? [`${wording.link}: ${mail.link}`] : []),
        wording.end,
      ];
      await mailer.send({
        from: { name, address: from.address },
        to: [{ address: mail.to }],
        subject: wording.subject,
        text: `${lines.join('\n\n')}\n`,
        html: lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n'),
      });
    },
  };
}

function wordingOf(mail: PortalMail): Wording {
  if (mail.language.toLowerCase().startsWith('en')) {
    const [subject, lead] = ENGLISH[mail.kind];
    return { subject, lead, code: 'Code', link: 'Link', end: 'If this was not you, ignore this mail.' };
  }
  const [subject, lead] = GERMAN[mail.kind];
  return {
    subject,
    lead,
    code: 'Code',
    link: 'Link',
    end: 'Wenn Sie das nicht waren, ignorieren Sie diese Mail.',
  };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
