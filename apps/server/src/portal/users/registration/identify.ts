import { findEntity, relatedIds, schemasOf } from '../../../entities/index.ts';
import type { Tenant } from '../../../storage/index.ts';
import type { Portal } from '../../config/index.ts';
import { hasIdentifier } from '../../identifiers/index.ts';
import { addressesOf } from '../portal-user.ts';
import type { Identifiers } from '../user-hooks.ts';
import { usersOfContacts } from '../user-store.ts';
import type { UsersPlatform } from '../users-platform.ts';
import { personsMatching } from './find-person.ts';
import { configuredIdentifiers } from './identifiers.ts';
import { decideForAccount, decideForContact, type RegistrationDecision } from './registration-rules.ts';
import { untilThere } from './until-there.ts';

/** Somebody who wants a portal account, by registration or by single sign-on. */
export interface Applicant {
  /** Lower case. */
  readonly email: string;
  readonly identifiers: Identifiers;
  /** From an invitation link; not trusted unless the contact carries the address. */
  readonly contactId: string | undefined;
  readonly contactIdentifiersForAccount: Readonly<Record<string, string>>;
}

/** Who an applicant turns out to be, and what is to be done with them. */
export interface Identified {
  readonly decision: RegistrationDecision;
  /** The contact to map; undefined when one is to be created, or none is known. */
  readonly contactId: string | undefined;
  /** In account mode: the account to which the contact belongs. */
  readonly accountId: string | undefined;
  readonly mode: 'contact' | 'account';
}

/** Whether registrations at a portal are about accounts. */
export function registrationMode(portal: Portal): 'contact' | 'account' {
  return portal.config['self_registration_entity'] === 'account' ? 'account' : 'contact';
}

/** Identifies an applicant and applies the portal's registration setting (portal §4.2 steps 4 to 6). Reads only. */
export async function identify(
  platform: UsersPlatform,
  portal: Portal,
  tenant: Tenant,
  applicant: Applicant,
): Promise<Identified> {
  const mode = registrationMode(portal);
  const invited = await invitedContact(tenant, applicant);
  if (invited) return { decision: { act: 'map' }, contactId: invited, accountId: undefined, mode };
  return mode === 'account'
    ? identifyAccount(platform, portal, tenant, applicant)
    : identifyContact(platform, portal, tenant, applicant);
}

async function identifyContact(
  platform: UsersPlatform,
  portal: Portal,
  tenant: Tenant,
  { identifiers }: Applicant,
): Promise<Identified> {
  const setting = portal.config['self_registration_setting'];
  const looksUp = setting !== 'ALWAYS_CREATE_CONTACT' && setting !== 'DISALLOW_COMPLETELY';
  const contactId = looksUp ? await findContact(platform, portal, tenant, identifiers) : undefined;
  const decision = decideForContact(setting, {
    isFound: contactId !== undefined,
    hasUser: contactId !== undefined && (await usersOfContacts(tenant, [contactId])).length > 0,
    isInvited: false,
  });
  return { decision, contactId, accountId: undefined, mode: 'contact' };
}

async function identifyAccount(
  platform: UsersPlatform,
  portal: Portal,
  tenant: Tenant,
  { identifiers, contactIdentifiersForAccount }: Applicant,
): Promise<Identified> {
  const setting = portal.config['self_registration_account_setting'];
  const looksUp = setting !== 'ALWAYS_CREATE' && setting !== 'DISALLOW_COMPLETELY';
  const accountId = looksUp ? await findAccount(platform, portal, tenant, identifiers) : undefined;
  const members = accountId ? await relatedIds(tenant, [accountId], { schema: 'contact' }) : [];
  const memberIds = members.map(({ id }) => id);
  const blocks = portal.config['block_registration_if_portal_user_exists'] === true;
  const decision = decideForAccount(setting, blocks, {
    isFound: accountId !== undefined,
    hasUser: (await usersOfContacts(tenant, memberIds)).length > 0,
    isInvited: false,
  });
  const contactId =
    decision.act === 'map'
      ? await memberWith(portal, tenant, memberIds, contactIdentifiersForAccount)
      : undefined;
  return { decision, contactId, accountId, mode: 'account' };
}

/** The one contact that identifiers name, through the portal's hook or our own data; undefined for none and for several. */
export async function findContact(
  platform: UsersPlatform,
  portal: Portal,
  tenant: Tenant,
  identifiers: Identifiers,
): Promise<string | undefined> {
  // Somebody an identity provider knows too little of has none; no third party is asked for nobody in particular.
  if (Object.keys(identifiers).length === 0) return undefined;
  const answer = await platform.hooks?.identifyContact(portal, tenant, identifiers);
  if (answer) return arrived(platform, tenant, answer.contactId);
  return only(await personsMatching(tenant, await schemasOf(tenant), 'contact', identifiers));
}

/** The one account that identifiers name. */
export async function findAccount(
  platform: UsersPlatform,
  portal: Portal,
  tenant: Tenant,
  identifiers: Identifiers,
): Promise<string | undefined> {
  if (Object.keys(identifiers).length === 0) return undefined;
  const answer = await platform.hooks?.identifyContact(portal, tenant, identifiers);
  if (!answer) return only(await personsMatching(tenant, await schemasOf(tenant), 'account', identifiers));
  const contactId = await arrived(platform, tenant, answer.contactId);
  if (contactId === undefined) return undefined;
  return only((await relatedIds(tenant, [contactId], { schema: 'account' })).map(({ id }) => id));
}

/** The contact that a hook named, once it is here (portal §9.4); undefined when it does not come. */
async function arrived(
  platform: UsersPlatform,
  tenant: Tenant,
  contactId: string | undefined,
): Promise<string | undefined> {
  if (contactId === undefined) return undefined;
  return (await untilThere(platform, () => findEntity(tenant, contactId, 'contact')))?.id;
}

/** A contact that carries the registering address counts as identified in every mode (portal §4.2 step 6); any other id is ignored. */
async function invitedContact(tenant: Tenant, { contactId, email }: Applicant): Promise<string | undefined> {
  const contact = contactId === undefined ? undefined : await findEntity(tenant, contactId, 'contact');
  return contact && addressesOf(contact).includes(email) ? contact.id : undefined;
}

/** The member of an account that all identifiers of the portal's list name; undefined when none or several do, or the list is empty. */
async function memberWith(
  portal: Portal,
  tenant: Tenant,
  memberIds: readonly string[],
  shown: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const names = configuredIdentifiers(portal, 'contact_identifiers_for_account').map(({ name }) => name);
  if (names.length === 0) return undefined;
  const schema = (await schemasOf(tenant)).find('contact');
  const fitting: string[] = [];
  for (const id of memberIds) {
    const contact = await findEntity(tenant, id, 'contact');
    if (contact && names.every((name) => hasIdentifier(schema, contact, name, shown[name] ?? '')))
      fitting.push(id);
  }
  return only(fitting);
}

function only(ids: readonly string[]): string | undefined {
  return ids.length === 1 ? ids[0] : undefined;
}
