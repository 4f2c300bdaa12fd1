import { parseTemplate, renderTemplate } from '../../../templates/index.ts';
import { type MailPurpose, mailText } from './mail-texts.ts';

/** What a mail may speak of. */
export interface MailContext {
  readonly portal: { readonly name: string };
  /** Six digits, or empty. */
  readonly code?: string;
  /** Where the button leads, or empty. */
  readonly link?: string;
  /** Who invites, by name. */
  readonly inviter?: string;
  readonly user?: { readonly email: string };
}

export interface RenderedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** Tables and inline styles: what mail clients understand. */
const PAGE = parseTemplate(
  `<!doctype html>
<html lang="{{language}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{subject}}</title></head>
<body style="margin:0;background:#f3f5f7;font-family:Arial,Helvetica,sans-serif;color:#1b2733">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="560" cellpadding="0" cellspacing="0" style="max-width:560px;width:100%;background:#ffffff;border-radius:8px">
<tr><td style="padding:24px 32px 0;font-size:14px;color:#5a6b7b">{{portal}}</td></tr>
<tr><td style="padding:8px 32px 0;font-size:20px;font-weight:bold">{{subject}}</td></tr>
<tr><td style="padding:16px 32px 0;font-size:16px;line-height:24px">{{greeting}}</td></tr>
{{#each paragraphs}}<tr><td style="padding:12px 32px 0;font-size:16px;line-height:24px">{{this}}</td></tr>
{{/each}}{{#if code}}<tr><td align="center" style="padding:24px 32px 0;font-size:32px;letter-spacing:6px;font-weight:bold">{{code}}</td></tr>
{{/if}}{{#if link}}<tr><td align="center" style="padding:24px 32px 0"><a href="{{link}}" style="display:inline-block;padding:12px 24px;background:#005eb4;color:#ffffff;text-decoration:none;border-radius:6px;font-size:16px">{{button}}</a></td></tr>
<tr><td style="padding:12px 32px 0;font-size:12px;line-height:18px;color:#5a6b7b;word-break:break-all">{{link}}</td></tr>
{{/if}}<tr><td style="padding:24px 32px 32px;font-size:13px;line-height:20px;color:#5a6b7b">{{note}}</td></tr>
</table></td></tr></table></body></html>
`,
);

const PLAIN = parseTemplate(`{{greeting}}

{{#each paragraphs}}{{this}}

{{/each}}{{#if code}}Code: {{code}}

{{/if}}{{#if link}}{{button}}:
{{link}}

{{/if}}{{#if note}}{{note}}

{{/if}}{{portal}}
`);

const GREETINGS = { de: 'Guten Tag,', en: 'Hello,' } as const;

/** Renders the built-in mail of a purpose in a language, as HTML and as text. Values are escaped; they cannot add markup or header lines. */
export function renderMail(purpose: MailPurpose, language: string, context: MailContext): RenderedMail {
  const text = mailText(purpose, language);
  const fill = (template: string) => renderTemplate(template, context, { escape: 'none' });
  const subject = fill(text.subject).replace(/\s+/g, ' ').trim();
  const values = {
    language: text.language,
    portal: context.portal.name,
    subject,
    greeting: GREETINGS[text.language],
    paragraphs: text.paragraphs.map(fill),
    code: context.code ?? '',
    link: text.button === undefined ? '' : (context.link ?? ''),
    button: text.button ?? '',
    note: text.note ?? '',
  };
  return {
    subject,
    html: renderTemplate(PAGE, values, { escape: 'html' }),
    text: renderTemplate(PLAIN, values, { escape: 'none' }),
  };
}
