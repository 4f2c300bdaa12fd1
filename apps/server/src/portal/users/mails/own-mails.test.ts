import { beforeAll, describe, expect, it } from 'vitest';
import { type PortalFixture, portalFixture } from '../testing/portal-fixture.ts';

let portal: PortalFixture;
let registered = 0;

/** Lets the portal use a template for a purpose; without `template`, an id that is nobody's. */
async function useTemplate(purpose: string, template?: Record<string, unknown>) {
  const id = template
    ? await portal.createEntity('email_template', { name: purpose, ...template })
    : '6c5b1f6e-7b1f-4f7d-9d5e-0a4f5d2c1b3a';
  const path = `/v3/portal/email-templates/${portal.portalId}`;
  const saved = await portal.server.request('POST', path, { token: portal.admin, body: { [purpose]: id } });
  expect(saved.status).toBe(200);
  return id;
}

async function registration(more: Record<string, unknown> = {}, query = '') {
  registered += 1;
  const email = `neu-${registered}@post.example`;
  const path = `/v3/portal/public/user?portal_id=${portal.portalId}${query}`;
  const body = { email, orgId: portal.org, password: portal.password, ...more };
  const answer = await portal.server.request('POST', path, { body });
  expect(answer.status).toBe(201);
  return portal.mailTo(email);
}

describe("an organisation's own mails", () => {
  beforeAll(async () => {
    portal = await portalFixture({ name: 'Mein <Stadtwerk>' });
  });

  it('are rendered with the published variables, escaped, with a text part, and the link works', async () => {
    await useTemplate('confirmAccount', {
      subject: 'Hallo {{contact.first_name}}, willkommen bei {{portal.name}}',
      body: '<p>Guten Tag {{contact.first_name}} {{{contact.last_name}}},</p><p><a href="{{portalUser.confirmationLink}}">bestätigen</a></p><p>{{organization.name}} {{unknown.thing}}</p>',
      from: { name: 'Ihr Kundenservice', email: 'service@stadtwerk.example' },
    });
    const mail = await registration({ first_name: 'Kim', last_name: '<img src=x onerror=alert(1)>' });
    expect(mail.subject).toBe('Hallo Kim, willkommen bei Mein <Stadtwerk>');
    expect(mail.html).toContain('Guten Tag Kim &lt;img src');
    expect(mail.html).not.toContain('<img');
    expect(mail.html).toContain(`Utility ${portal.org}`);
    expect(mail.text).toContain('Guten Tag Kim');
    const link = /http\S+confirmation_link_token=[\w-]+/.exec(mail.text)?.[0] ?? '';
    const { pathname, search } = new URL(link);
    const confirmed = await portal.server.request('GET', `${pathname}${search}&use_redirect=false`);
    expect(confirmed.body['confirmed']).toBe(true);
    const [sent] = await portal.server.mails.list(1);
    expect(sent).toMatchObject({
      from: { name: 'Ihr Kundenservice' },
      replyTo: { address: 'service@stadtwerk.example' },
    });
  });

  it('say what custom variables say, with what the mail knows', async () => {
    const token = portal.admin;
    const define = (key: string, template: string) =>
      portal.server.request('POST', '/v1/custom-variables', {
        token,
        body: { key, template, type: 'snippet' },
      });
    expect((await define('gruss', '<b>Ihr {{portal.name}}</b> {{fusszeile}}')).status).toBe(201);
    expect((await define('fusszeile', 'AG Musterstadt {{gruss}}')).status).toBe(201);
    await useTemplate('confirmAccount', { subject: 'S', body: '<p>{{link}}</p>{{ gruss }}' });
    const mail = await registration();
    expect(mail.html).toContain('<b>Ihr Mein &lt;Stadtwerk&gt;</b> AG Musterstadt');
    expect(mail.html).not.toContain('{{');
  });

  it.each([
    ['is nobody’s', undefined],
    ['cannot be parsed', { subject: 'S', body: '{{#if link}}{{link}}' }],
    ['uses helpers that are not offered', { subject: 'S', body: '{{link}} {{lookup this "constructor"}}' }],
    [
      'runs away',
      { subject: 'S', body: `{{link}}${'{{#each @root.contact}}'.repeat(7)}x${'{{/each}}'.repeat(7)}` },
    ],
    ['forgets the link', { subject: 'S', body: '<p>Bitte bestätigen.</p>' }],
    ['is empty', { subject: 'S', body: ' ' }],
  ])('give way to the built-in one when the template %s', async (_why, template) => {
    await useTemplate('confirmAccount', template);
    const mail = await registration();
    expect(mail.subject).toBe('Bitte bestätigen Sie Ihre E-Mail-Adresse');
    expect(mail.text).toContain('confirmation_link_token=');
  });

  it('of another organisation are never used', async () => {
    const other = await portalFixture();
    const foreign = await other.createEntity('email_template', {
      name: 'x',
      subject: 'Fremd',
      body: '{{link}}',
    });
    const path = `/v3/portal/email-templates/${portal.portalId}`;
    const body = { confirmAccount: foreign };
    await portal.server.request('POST', path, { token: portal.admin, body });
    expect((await registration()).subject).toBe('Bitte bestätigen Sie Ihre E-Mail-Adresse');
  });

  it('are chosen by purpose: journeys and forgotten passwords', async () => {
    // A portal of its own: registrations are limited per portal and client.
    portal = await portalFixture();
    await useTemplate('confirmAccount');
    await useTemplate('journeySignUp', {
      subject: 'Aus der Strecke',
      body: '{{customerPortal.confirmationLink}}',
    });
    await useTemplate('forgotPassword', {
      subject: 'Neu {{code}}',
      body: '{{portalUser.forgotPasswordLink}}',
    });
    expect((await registration({}, '&source=journey')).subject).toBe('Aus der Strecke');
    const email = `forgetful-${registered}@post.example`;
    await portal.member(email);
    await portal.signIn('/password/forgot', { email });
    const mail = await portal.mailTo(email);
    expect(mail.subject).toMatch(/^Neu \d{6}$/);
    expect(mail.text).toContain(`//${portal.domain}/reset-password?`);
  });
});
