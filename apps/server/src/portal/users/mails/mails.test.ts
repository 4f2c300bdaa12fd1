import { describe, expect, it } from 'vitest';
import { type MailPurpose, mailText } from './mail-texts.ts';
import { renderMail } from './render-mail.ts';

const PURPOSES: readonly MailPurpose[] = [
  'confirmAccount',
  'journeySignUp',
  'journeySignInOneTimePassword',
  'advancedAuth',
  'forgotPassword',
  'verifyCodeToSetPassword',
  'confirmEmailUpdate',
  'invitation',
  'partnerInvitation',
  'onMapAPendingUser',
  'onNewQuote',
  'onDocUpload',
  'onWorkflowStepAssigned',
  'alreadyRegistered',
  'registrationRefused',
  'pendingUser',
  'secondFactorRemoved',
];
const CONTEXT = {
  portal: { name: 'Stadtwerk <b>' },
  code: '123456',
  link: 'https://mein.example/x?a=1&b=2',
  inviter: 'Wiebke Harms',
  user: { email: 'neu@post.example' },
};

describe('built-in mails', () => {
  it.each(PURPOSES)('%s says something complete in German and English, as HTML and as text', (purpose) => {
    for (const language of ['de', 'en-GB']) {
      const mail = renderMail(purpose, language, CONTEXT);
      expect(mail.subject).toMatch(/\S{3,}/);
      expect(`${mail.subject}${mail.text}${mail.html}`).not.toMatch(/\{\{|undefined|\[object/);
      expect(mail.text).toContain('123456');
      expect(mail.html).toContain('123456');
      const hasButton = mailText(purpose, language).button !== undefined;
      expect(mail.text.includes(CONTEXT.link)).toBe(hasButton);
      expect(mail.html.includes('<a href=')).toBe(hasButton);
    }
    expect(renderMail(purpose, 'de', CONTEXT).subject).not.toBe(renderMail(purpose, 'en', CONTEXT).subject);
  });

  it('speak German to everybody else', () => {
    expect(renderMail('forgotPassword', 'fr', CONTEXT).subject).toBe('Passwort zurücksetzen');
  });

  it('let no value add markup or lines to the subject', () => {
    const mail = renderMail('partnerInvitation', 'en', { ...CONTEXT, inviter: '<img src=x>\r\nBcc: a@b.c' });
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.html).not.toContain('<img');
    expect(mail.html).not.toContain('Stadtwerk <b>');
  });
});
