import { MailError } from './mail-error.ts';
import type { Mail, MailAddress } from './mailer.ts';

const MOST_RECIPIENTS = 100;
const LONGEST_ADDRESS = 320;
const ADDRESS = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:; ?[\w-]+=[\w!#$&^.+-]+)*$/;
/** Fields that address, route or describe the mail; they follow from its other parts. */
const OWN_FIELD =
  /^(?:from|to|cc|bcc|sender|reply-to|subject|date|message-id|mime-version|received|return-path|content-.*|resent-.*|dkim-signature)$/i;

/**
 * Checks everything of a mail that becomes a header field, so that no value can begin another field, add a recipient or end the header.
 * @throws MailError `INVALID_MAIL`
 */
export function checkMail(mail: Mail): void {
  if (mail.to.length === 0 || mail.to.length > MOST_RECIPIENTS)
    throw invalid(`A mail needs 1 to ${MOST_RECIPIENTS} recipients`);
  for (const address of [mail.from, ...mail.to, ...(mail.replyTo ? [mail.replyTo] : [])])
    checkAddress(address);
  if (hasControlCharacters(mail.subject)) throw invalid('The subject contains control characters');
  for (const [name, value] of Object.entries(mail.headers ?? {})) {
    if (!TOKEN.test(name) || OWN_FIELD.test(name))
      throw invalid(`The header field ${JSON.stringify(name)} cannot be set`);
    if (hasControlCharacters(value)) throw invalid(`The header field ${name} contains control characters`);
  }
  for (const { filename, contentType } of mail.attachments ?? []) {
    if (filename === '' || hasControlCharacters(filename))
      throw invalid('The name of an attachment is empty or contains control characters');
    if (!MEDIA_TYPE.test(contentType)) throw invalid('The media type of an attachment is malformed');
  }
}

function checkAddress({ name = '', address }: MailAddress): void {
  if (address.length > LONGEST_ADDRESS || !ADDRESS.test(address) || hasControlCharacters(address))
    throw invalid('A mail address is malformed');
  if (hasControlCharacters(name)) throw invalid('The name of a mail address contains control characters');
}

function hasControlCharacters(text: string): boolean {
  return [...text].some((character) => character < ' ' || character === '\u007f');
}

function invalid(message: string): MailError {
  return new MailError('INVALID_MAIL', message);
}
