import { convert } from 'html-to-text';
import type { Document } from '../../../entities/index.ts';
import { escapeText, renderTemplate } from '../../../templates/index.ts';
import type { MailTemplate } from './mail-template.ts';
import type { RenderedMail } from './render-mail.ts';

const LONGEST_SUBJECT = 200;

/**
 * Renders an organisation's own mail. Values are plain text wherever they stand, also between three braces: a customer's name adds no markup
 * and no header line. The text part is made from the HTML.
 * @throws TemplateError
 */
export function renderTemplateMail(
  template: MailTemplate,
  variables: Document,
  language: string,
): RenderedMail {
  const asHtml = (text: string) => escapeText('html', text, [], false);
  const subject = renderTemplate(template.subject, variables, { escape: 'none' })
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_SUBJECT);
  const body = renderTemplate(template.body, variables, { escape: asHtml });
  return { subject, html: pageOf(body, subject, language), text: textOf(body) };
}

/** Editors keep what stands between the body tags; a whole page is taken as it is. */
function pageOf(body: string, subject: string, language: string): string {
  if (/<html[\s>]/i.test(body)) return body;
  const title = escapeText('html', subject, [], false);
  const lang = escapeText('html', language, [], false);
  return `<!doctype html>\n<html lang="${lang}"><head><meta charset="utf-8"><title>${title}</title></head>\n<body>${body}</body></html>\n`;
}

function textOf(html: string): string {
  return convert(html, {
    wordwrap: false,
    limits: { maxInputLength: 1_048_576, maxDepth: 50 },
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } },
    ],
  });
}
