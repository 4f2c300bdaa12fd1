import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { PortalPrincipal } from '../../identity/index.ts';
import { portalAccess } from '../access/index.ts';
import { Portals } from '../config/index.ts';
import { changeEmail } from './account/change-email.ts';
import { checkContact } from './registration/check-contact.ts';
import { register } from './registration/register.ts';
import { portalFixture, signInWithPassword } from './testing/portal-fixture.ts';
import type { UserHooks } from './user-hooks.ts';
import type { UsersPlatform } from './users-platform.ts';

const NO_HOOKS: UserHooks = {
  identifiesContacts: async () => false,
  identifyContact: async () => undefined,
  changeEmailSettings: async () => undefined,
  changeEmail: async () => undefined,
  changePasswordSettings: async () => undefined,
  changePassword: async () => false,
  deleteAccount: async () => undefined,
};

/** A portal whose third party answers as a test says. */
async function withHooks(
  hooks: Partial<UserHooks>,
  config: Record<string, unknown> = {},
  mostWaitingMs = 60,
) {
  const fixture = await portalFixture(config);
  const { busbar, clock } = fixture.server;
  const { identity, entities } = busbar.rooms;
  const { database } = busbar.storage;
  const portals = new Portals(database);
  const platform: UsersPlatform = {
    ...{ database, clock, identity, entities, portals, baseUrl: busbar.baseUrl, confirmsByUserId: true },
    secrets: busbar.ports.secrets,
    egress: busbar.ports.egress,
    accessOf: portalAccess({ access: identity.access, portals, clock }),
    mostWaitingMs,
    hooks: { ...NO_HOOKS, ...hooks },
  };
  const portal = await portals.find(fixture.portalId);
  if (!portal) throw new Error('The portal exists');
  return { fixture, platform, portal, tenant: database.tenant(fixture.org) };
}

it('a third party decides who somebody is, and our own data are not asked', async () => {
  let answer: string | undefined;
  const { fixture, platform, portal, tenant } = await withHooks(
    { identifiesContacts: async () => true, identifyContact: async () => ({ contactId: answer }) },
    { self_registration_setting: 'DENY' },
  );
  const contactId = await fixture.createEntity('contact', { last_name: 'Harms' });
  await fixture.createEntity('contact', { email: [{ email: 'ours@post.example' }] });
  const identifiers = { contact: { email: 'ours@post.example' } };
  const form = {
    ...{
      org: fixture.org,
      password: fixture.password,
      firstName: undefined,
      lastName: undefined,
      contactId: undefined,
    },
    ...{
      identifiers,
      contactIdentifiersForAccount: {},
      additionalAttributes: {},
      isFromJourney: false,
      email: 'ours@post.example',
    },
  };
  expect(await checkContact(platform, portal, tenant, identifiers, true)).toEqual({
    exists: false,
    reason: 'NOT_FOUND',
  });
  await expect(register(platform, portal, form)).rejects.toMatchObject({ code: 'CONTACT_NOT_FOUND' });
  // Looking into our own data only, without asking the third party again.
  expect(await checkContact(platform, portal, tenant, identifiers, false)).toMatchObject({ exists: true });
  answer = contactId;
  expect(await checkContact(platform, portal, tenant, identifiers, true)).toEqual({
    exists: true,
    contactId,
  });
  await register(platform, portal, form);
  expect(JSON.stringify(await fixture.users('ours@post.example'))).toContain(contactId);
});

it('what a third party has announced is waited for, without asking it again, and may still come after the time is over', async () => {
  let asked = 0;
  const announced = randomUUID();
  const { fixture, platform, portal, tenant } = await withHooks(
    {
      identifiesContacts: async () => true,
      identifyContact: async () => {
        asked += 1;
        return { contactId: announced };
      },
    },
    { registration_identifiers: [{ name: 'customer_number', schema: 'contact' }] },
  );
  const identifiers = { contact: { customer_number: 'K-1' } };
  const ask = (mayAsk: boolean) => checkContact(platform, portal, tenant, identifiers, mayAsk);
  const late = { exists: false, reason: 'TIMEOUT' };
  expect(await ask(true)).toEqual(late);
  expect(await ask(false)).toEqual(late);
  const contactId = await fixture.createEntity('contact', { customer_number: 'K-1' });
  expect(await ask(false)).toEqual({ exists: true, contactId });
  await fixture.createEntity('contact', { customer_number: 'K-1' });
  expect(await ask(false)).toEqual({ exists: false, reason: 'NOT_FOUND' });
  expect(asked).toBe(1);
});

it('a registration waits for the contact that a third party has announced, instead of creating another', async () => {
  let arrive = async (): Promise<unknown> => undefined;
  let contactId: string | undefined;
  let arrival: Promise<unknown> | undefined;
  const { fixture, platform, portal } = await withHooks(
    {
      identifyContact: async () => {
        arrival = arrive();
        return { contactId };
      },
    },
    { registration_identifiers: [{ name: 'customer_number', schema: 'contact' }] },
    20_000,
  );
  contactId = await fixture.createEntity('contact', { customer_number: 'K-1' });
  const { server, admin: token } = fixture;
  const path = `/v1/entity/contact/${contactId}`;
  expect((await server.request('DELETE', path, { token })).status).toBeLessThan(300);
  arrive = () => server.request('PATCH', `${path}:restore`, { token, body: {} });
  const email = 'early@post.example';
  await register(platform, portal, {
    ...{ org: fixture.org, email, password: fixture.password, isFromJourney: false },
    ...{ firstName: undefined, lastName: undefined, contactId: undefined },
    ...{ contactIdentifiersForAccount: {}, additionalAttributes: {} },
    identifiers: { contact: { customer_number: 'K-1' } },
  });
  await arrival;
  const [user] = await fixture.users(email);
  expect(user?.['mapped_contact']).toMatchObject({ $relation: [{ entity_id: contactId }] });
});

it.each([
  ['asynchronous', 'Your email change request has been received.', 'before@post.example'],
  ['synchronous', 'Your email has been changed.', 'after@post.example'],
] as const)('a third party changes the address: %s', async (mode, message, address) => {
  const { fixture, platform, portal, tenant } = await withHooks({
    changeEmailSettings: async () => ({ requiresPassword: false }),
    changeEmail: async () => mode,
  });
  await fixture.member('before@post.example');
  const [user] = await fixture.users('before@post.example');
  const principal: PortalPrincipal = {
    ...{ kind: 'portal_user', org: fixture.org, portalId: fixture.portalId, origin: portal.origin },
    ...{
      portalUserId: String(user?.['_id']),
      email: 'before@post.example',
      contactId: undefined,
      contactIds: [],
    },
    ...{ sessionId: undefined, impersonator: undefined, readOnly: false },
  };
  const wish = { email: 'after@post.example', password: undefined };
  expect(await changeEmail(platform, portal, tenant, principal, wish)).toBe(message);
  expect(await fixture.mailsTo('after@post.example')).toBe(0);
  expect(await fixture.users(address)).toHaveLength(1);
  await signInWithPassword(fixture, address);
});
