import { createTransport } from 'nodemailer';
import { checkMail } from './check-mail.ts';
import { MailError } from './mail-error.ts';
import type { Mail, MailAddress, Mailer } from './mailer.ts';

export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte (usually port 465), `starttls` required (587), or `none` for a relay on the own network. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly login?: { readonly user: string; readonly password: string };
  /** Certificate authorities (PEM) trusted instead of the built-in ones. */
  readonly ca?: readonly string[];
  /** Milliseconds without an answer of the server before giving up. Default 20 s. */
  readonly timeoutMs?: number;
  /** Most connections. Default 5. */
  readonly connections?: number;
}

/** A mailer that hands over to a mail server. Connections are kept for the next mail. */
export function createSmtpMailer(options: SmtpOptions): Mailer {
  const timeout = options.timeoutMs ?? 20_000;
  const transport = createTransport({
    pool: true,
    host: options.host,
    port: options.port,
    secure: options.security === 'tls',
    requireTLS: options.security === 'starttls',
    ignoreTLS: options.security === 'none',
    maxConnections: options.connections ?? 5,
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    // Contents are what we pass, never files or URLs that a value names.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(options.login && { auth: { user: options.login.user, pass: options.login.password } }),
    ...(options.ca && { tls: { ca: [...options.ca] } }),
  });
  return {
    async send(mail) {
      checkMail(mail);
      try {
        const { messageId, rejected } = await transport.sendMail(toMessage(mail));
        if (rejected.length === 0) return { id: messageId };
      } catch (cause) {
        throw toMailError(cause);
      }
      throw new MailError('REFUSED', 'The mail server refused some of the recipients');
    },
    close: async () => transport.close(),
  };
}

function toMessage({ from, to, replyTo, subject, html, text, headers, attachments = [] }: Mail) {
  return {
    from: toAddress(from),
    to: to.map(toAddress),
    ...(replyTo && { replyTo: toAddress(replyTo) }),
    subject,
    html,
    text,
    ...(headers && { headers: { ...headers } }),
    attachments: attachments.map(({ filename, contentType, content }) => ({
      filename,
      contentType,
      content: Buffer.from(content),
    })),
  };
}

function toAddress({ name = '', address }: MailAddress) {
  return { name, address };
}

/** A 5xx answer to sender, recipient or content is final. Refused logins and missing TLS are matters of the configuration, not of the mail. */
function toMailError(cause: unknown): MailError {
  const status = cause instanceof Error && 'responseCode' in cause ? Number(cause.responseCode) : 0;
  const aboutMail =
    cause instanceof Error && 'code' in cause && (cause.code === 'EENVELOPE' || cause.code === 'EMESSAGE');
  return aboutMail && status >= 500
    ? new MailError('REFUSED', `The mail server refused the mail (${status})`, { cause })
    : new MailError('UNAVAILABLE', 'The mail server cannot be used at the moment', { cause });
}
