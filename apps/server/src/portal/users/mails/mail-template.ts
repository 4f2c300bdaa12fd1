import { findEntity } from '../../../entities/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import { expandVariables } from '../../../template-variables/index.ts';

/** A mail that an organisation has written: an entity of the schema `email_template` (contract `email-template`, schema `EmailTemplateEntity`). */
export interface MailTemplate {
  /** Handlebars, one line. */
  readonly subject: string;
  /** Handlebars in HTML. */
  readonly body: string;
  /** Whose name the mail bears, and where answers go. */
  readonly from: { readonly name: string | undefined; readonly email: string | undefined };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The template with an id in the organisation, with custom variables in place of their names; undefined when there is none or it says nothing.
 * Its `to`, `cc`, `bcc` and attachments are for mails that staff write: what a portal sends is for one person's eyes.
 */
export async function findMailTemplate(
  queries: TenantQueries,
  id: string,
): Promise<MailTemplate | undefined> {
  const entity = UUID.test(id) ? await findEntity(queries, id, 'email_template') : undefined;
  const { subject, body, from } = entity?.doc ?? {};
  if (typeof subject !== 'string' || typeof body !== 'string' || body.trim() === '') return undefined;
  const [expandedSubject = subject, expandedBody = body] = await expandVariables(queries, [subject, body]);
  return {
    subject: expandedSubject,
    body: expandedBody,
    from: { name: memberText(from, 'name'), email: memberText(from, 'email') },
  };
}

function memberText(value: unknown, name: string): string | undefined {
  const member: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof member === 'string' && member !== '' ? member : undefined;
}
