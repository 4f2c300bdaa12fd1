/** What one mail says, in one language. Handlebars; `portal`, `code`, `link`, `inviter` and `user` are known. */
export interface MailText {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** The caption of the button that leads to `link`. */
  readonly button?: string;
  /** Said below, in small print. */
  readonly note?: string;
}

/** The purposes of portal §3.7, and four of our own: two answers to registrations that come to nothing, and notices to administrators and users. */
export type MailPurpose =
  | 'confirmAccount'
  | 'journeySignUp'
  | 'journeySignInOneTimePassword'
  | 'advancedAuth'
  | 'forgotPassword'
  | 'verifyCodeToSetPassword'
  | 'confirmEmailUpdate'
  | 'invitation'
  | 'partnerInvitation'
  | 'onMapAPendingUser'
  | 'onNewQuote'
  | 'onDocUpload'
  | 'onWorkflowStepAssigned'
  | 'alreadyRegistered'
  | 'registrationRefused'
  | 'pendingUser'
  | 'secondFactorRemoved';

type Texts = Readonly<Record<MailPurpose, MailText>>;

const NOT_YOU = 'Falls Sie das nicht veranlasst haben, müssen Sie nichts tun.';
const ASK_NOBODY = 'Geben Sie den Code an niemanden weiter.';

const GERMAN: Texts = {
  confirmAccount: {
    subject: 'Bitte bestätigen Sie Ihre E-Mail-Adresse',
    paragraphs: [
      'willkommen bei {{portal.name}}! Mit einem Klick bestätigen Sie Ihre E-Mail-Adresse und schließen die Registrierung ab.',
      'Der Link gilt 7 Tage.',
    ],
    button: 'E-Mail-Adresse bestätigen',
    note: `${NOT_YOU} Bestätigen Sie nur, wenn Sie sich selbst registriert haben.`,
  },
  journeySignUp: {
    subject: 'Ihr neues Kundenkonto',
    paragraphs: [
      'mit Ihrer Anfrage haben Sie ein Konto bei {{portal.name}} angelegt. Bestätigen Sie bitte noch Ihre E-Mail-Adresse.',
      'Der Link gilt 7 Tage.',
    ],
    button: 'Konto bestätigen',
    note: NOT_YOU,
  },
  journeySignInOneTimePassword: {
    subject: 'Ihr Code zum Fortfahren: {{code}}',
    paragraphs: ['mit diesem Code setzen Sie Ihre Anfrage fort. Er gilt 10 Minuten.'],
    note: ASK_NOBODY,
  },
  advancedAuth: {
    subject: 'Ihr Anmeldecode: {{code}}',
    paragraphs: ['mit diesem Code melden Sie sich bei {{portal.name}} an. Er gilt 10 Minuten.'],
    button: 'Direkt anmelden',
    note: `${ASK_NOBODY} ${NOT_YOU}`,
  },
  forgotPassword: {
    subject: 'Passwort zurücksetzen',
    paragraphs: [
      'für Ihr Konto bei {{portal.name}} wurde ein neues Passwort angefordert. Der Code gilt 10 Minuten, der Link 15 Minuten.',
    ],
    button: 'Neues Passwort vergeben',
    note: `${NOT_YOU} Ihr bisheriges Passwort bleibt dann gültig.`,
  },
  verifyCodeToSetPassword: {
    subject: 'Passwort festlegen',
    paragraphs: ['legen Sie ein Passwort für Ihr Konto bei {{portal.name}} fest. Der Code gilt 10 Minuten.'],
    button: 'Passwort festlegen',
    note: NOT_YOU,
  },
  confirmEmailUpdate: {
    subject: 'Neue E-Mail-Adresse bestätigen',
    paragraphs: [
      'diese Adresse soll künftig zur Anmeldung bei {{portal.name}} dienen. Bestätigen Sie die Änderung und vergeben Sie ein neues Passwort.',
      'Der Link gilt 24 Stunden. Bis dahin melden Sie sich wie bisher an.',
    ],
    button: 'Änderung bestätigen',
    note: NOT_YOU,
  },
  invitation: {
    subject: 'Ihre Einladung zu {{portal.name}}',
    paragraphs: [
      'im Portal {{portal.name}} finden Sie Ihre Verträge, Zählerstände und Dokumente an einem Ort.',
    ],
    button: 'Jetzt registrieren',
  },
  partnerInvitation: {
    subject:
      '{{#if inviter}}{{inviter}} lädt Sie ein{{/if}}{{#unless inviter}}Einladung{{/unless}} zu {{portal.name}}',
    paragraphs: [
      '{{#if inviter}}{{inviter}} möchte{{/if}}{{#unless inviter}}wir möchten{{/unless}} das Kundenkonto bei {{portal.name}} gemeinsam mit Ihnen nutzen. Legen Sie dafür einen Zugang mit dieser E-Mail-Adresse an.',
    ],
    button: 'Einladung annehmen',
    note: 'Falls Sie die Einladung nicht erwartet haben, müssen Sie nichts tun.',
  },
  onMapAPendingUser: {
    subject: 'Ihr Konto ist freigeschaltet',
    paragraphs: [
      'wir haben Ihr Konto bei {{portal.name}} Ihren Kundendaten zugeordnet. Sie können sich jetzt anmelden.',
    ],
    button: 'Zur Anmeldung',
  },
  onNewQuote: {
    subject: 'Ein neues Angebot für Sie',
    paragraphs: ['in {{portal.name}} liegt ein neues Angebot für Sie bereit.'],
    button: 'Angebot ansehen',
  },
  onDocUpload: {
    subject: 'Ein neues Dokument für Sie',
    paragraphs: ['in {{portal.name}} liegt ein neues Dokument für Sie bereit.'],
    button: 'Dokument ansehen',
  },
  onWorkflowStepAssigned: {
    subject: 'Eine neue Aufgabe für Sie',
    paragraphs: ['in {{portal.name}} wartet ein Arbeitsschritt auf Sie.'],
    button: 'Aufgabe ansehen',
  },
  alreadyRegistered: {
    subject: 'Sie haben bereits ein Konto',
    paragraphs: [
      'mit dieser E-Mail-Adresse sollte ein Konto bei {{portal.name}} angelegt werden. Sie haben dort schon eines: Melden Sie sich einfach an oder setzen Sie Ihr Passwort zurück.',
    ],
    button: 'Zur Anmeldung',
    note: NOT_YOU,
  },
  registrationRefused: {
    subject: 'Ihre Registrierung bei {{portal.name}}',
    paragraphs: [
      'zu Ihren Angaben haben wir keine passenden Kundendaten gefunden und deshalb kein Konto angelegt. Bitte prüfen Sie die Angaben oder wenden Sie sich an unseren Kundenservice.',
    ],
    note: NOT_YOU,
  },
  pendingUser: {
    subject: 'Ein Portalkonto wartet auf Zuordnung',
    paragraphs: [
      '{{user.email}} hat sich bei {{portal.name}} registriert und konnte keinem Kontakt zugeordnet werden. Bitte ordnen Sie das Konto zu.',
    ],
  },
  secondFactorRemoved: {
    subject: 'Ihre Authenticator-App wurde entfernt',
    paragraphs: [
      'die Authenticator-App ist nicht mehr Ihr zweiter Faktor bei {{portal.name}}. Anmeldecodes kommen ab jetzt per E-Mail.',
    ],
    note: 'Waren Sie das nicht? Dann setzen Sie bitte sofort Ihr Passwort zurück und wenden sich an unseren Kundenservice.',
  },
};

const NOT_YOU_EN = 'If this was not you, there is nothing you need to do.';
const ASK_NOBODY_EN = 'Do not give the code to anybody.';

const ENGLISH: Texts = {
  confirmAccount: {
    subject: 'Please confirm your e-mail address',
    paragraphs: [
      'welcome to {{portal.name}}! One click confirms your e-mail address and completes your registration.',
      'The link is valid for 7 days.',
    ],
    button: 'Confirm e-mail address',
    note: `${NOT_YOU_EN} Confirm only if you registered yourself.`,
  },
  journeySignUp: {
    subject: 'Your new customer account',
    paragraphs: [
      'with your request you have created an account at {{portal.name}}. Please confirm your e-mail address.',
      'The link is valid for 7 days.',
    ],
    button: 'Confirm account',
    note: NOT_YOU_EN,
  },
  journeySignInOneTimePassword: {
    subject: 'Your code to continue: {{code}}',
    paragraphs: ['this code lets you continue with your request. It is valid for 10 minutes.'],
    note: ASK_NOBODY_EN,
  },
  advancedAuth: {
    subject: 'Your sign-in code: {{code}}',
    paragraphs: ['this code signs you in to {{portal.name}}. It is valid for 10 minutes.'],
    button: 'Sign in directly',
    note: `${ASK_NOBODY_EN} ${NOT_YOU_EN}`,
  },
  forgotPassword: {
    subject: 'Reset your password',
    paragraphs: [
      'a new password was requested for your account at {{portal.name}}. The code is valid for 10 minutes, the link for 15 minutes.',
    ],
    button: 'Choose a new password',
    note: `${NOT_YOU_EN} Your present password stays valid.`,
  },
  verifyCodeToSetPassword: {
    subject: 'Set your password',
    paragraphs: ['set a password for your account at {{portal.name}}. The code is valid for 10 minutes.'],
    button: 'Set password',
    note: NOT_YOU_EN,
  },
  confirmEmailUpdate: {
    subject: 'Confirm your new e-mail address',
    paragraphs: [
      'this address is to become your sign-in address at {{portal.name}}. Confirm the change and choose a new password.',
      'The link is valid for 24 hours. Until then you sign in as before.',
    ],
    button: 'Confirm the change',
    note: NOT_YOU_EN,
  },
  invitation: {
    subject: 'Your invitation to {{portal.name}}',
    paragraphs: ['in {{portal.name}} you find your contracts, meter readings and documents in one place.'],
    button: 'Register now',
  },
  partnerInvitation: {
    subject:
      '{{#if inviter}}{{inviter}} invites you{{/if}}{{#unless inviter}}Your invitation{{/unless}} to {{portal.name}}',
    paragraphs: [
      '{{#if inviter}}{{inviter}} wants{{/if}}{{#unless inviter}}we want{{/unless}} to share the customer account at {{portal.name}} with you. Register with this e-mail address to get access.',
    ],
    button: 'Accept the invitation',
    note: 'If you did not expect this invitation, there is nothing you need to do.',
  },
  onMapAPendingUser: {
    subject: 'Your account is activated',
    paragraphs: [
      'we have linked your account at {{portal.name}} to your customer data. You can sign in now.',
    ],
    button: 'Sign in',
  },
  onNewQuote: {
    subject: 'A new quote for you',
    paragraphs: ['a new quote is waiting for you in {{portal.name}}.'],
    button: 'View the quote',
  },
  onDocUpload: {
    subject: 'A new document for you',
    paragraphs: ['a new document is waiting for you in {{portal.name}}.'],
    button: 'View the document',
  },
  onWorkflowStepAssigned: {
    subject: 'A new task for you',
    paragraphs: ['a step is waiting for you in {{portal.name}}.'],
    button: 'View the task',
  },
  alreadyRegistered: {
    subject: 'You already have an account',
    paragraphs: [
      'somebody tried to register this e-mail address at {{portal.name}}. You already have an account there: simply sign in, or reset your password.',
    ],
    button: 'Sign in',
    note: NOT_YOU_EN,
  },
  registrationRefused: {
    subject: 'Your registration at {{portal.name}}',
    paragraphs: [
      'we found no customer data that fits what you entered, and have not created an account. Please check it, or contact our customer service.',
    ],
    note: NOT_YOU_EN,
  },
  pendingUser: {
    subject: 'A portal account waits to be linked',
    paragraphs: [
      '{{user.email}} registered at {{portal.name}} and could not be linked to a contact. Please link the account.',
    ],
  },
  secondFactorRemoved: {
    subject: 'Your authenticator app was removed',
    paragraphs: [
      'the authenticator app is no longer your second factor at {{portal.name}}. Sign-in codes come by e-mail from now on.',
    ],
    note: 'Was this not you? Then please reset your password at once and contact our customer service.',
  },
};

/** The built-in wording of a mail: English for `en…`, German for everything else (portal §3.7, §0.3). */
export function mailText(
  purpose: MailPurpose,
  language: string,
): MailText & { readonly language: 'de' | 'en' } {
  return language.toLowerCase().startsWith('en')
    ? { ...ENGLISH[purpose], language: 'en' }
    : { ...GERMAN[purpose], language: 'de' };
}
