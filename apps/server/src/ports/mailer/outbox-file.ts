import type { OutboxMail } from './mail-outbox.ts';
import type { MailAddress, MailAttachment } from './mailer.ts';

/** The text of an outbox file: the mail as JSON, contents of attachments in base64. */
export function writeOutboxFile(mail: OutboxMail): string {
  const attachments = mail.attachments?.map(({ content, ...rest }) => ({
    ...rest,
    content: Buffer.from(content).toString('base64'),
  }));
  return `${JSON.stringify({ ...mail, sentAt: mail.sentAt.toISOString(), ...(attachments && { attachments }) }, undefined, 2)}\n`;
}

/** Undoes {@link writeOutboxFile}; undefined for anything else, which somebody may have put into the folder. */
export function readOutboxFile(text: string): OutboxMail | undefined {
  const value = parse(text);
  if (!isRecord(value)) return undefined;
  const { id, sentAt, from, to, replyTo, subject, html, text: plain, headers, attachments } = value;
  if (![id, sentAt, subject, html, plain].every((member) => typeof member === 'string')) return undefined;
  if (!isAddress(from) || !Array.isArray(to) || !to.every(isAddress)) return undefined;
  return {
    id: String(id),
    sentAt: new Date(String(sentAt)),
    from,
    to,
    ...(isAddress(replyTo) && { replyTo }),
    subject: String(subject),
    html: String(html),
    text: String(plain),
    ...(isTexts(headers) && { headers }),
    ...(Array.isArray(attachments) && { attachments: attachments.flatMap(toAttachment) }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not written by us; the caller skips it.
    return undefined;
  }
}

function toAttachment(value: unknown): MailAttachment[] {
  if (!isTexts(value)) return [];
  const { filename = '', contentType = '', content = '' } = value;
  return [{ filename, contentType, content: Buffer.from(content, 'base64') }];
}

function isAddress(value: unknown): value is MailAddress {
  return isTexts(value) && typeof value['address'] === 'string';
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isRecord(value) && Object.values(value).every((member) => typeof member === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
