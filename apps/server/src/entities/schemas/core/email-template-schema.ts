import { attributes, coreSchema } from './attribute-kinds.ts';

/** Mails that an organisation writes itself (contract `email-template`, schema `EmailTemplateEntity`). */
export const emailTemplate = coreSchema(
  'email_template',
  { name: 'Email template', plural: 'Email templates', category: 'messages' },
  '{{name}}',
  [
    attributes('string', 'name', 'subject', 'body', 'json_template', 'created_by', 'updated_by'),
    attributes('internal', 'from', 'to', 'cc', 'bcc', 'attachments', 'file', 'brand_id'),
    attributes('boolean', 'system_template'),
  ],
);
