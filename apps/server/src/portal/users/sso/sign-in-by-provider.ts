import { type Entity, findByUniqueKeys, findEntity } from '../../../entities/index.ts';
import type { ProviderClaims } from '../../../openid/index.ts';
import { Refusal, unauthorized } from '../../../refusal.ts';
import type { Tenant } from '../../../storage/index.ts';
import type { Portal } from '../../config/index.ts';
import { addressesOf, firstAddress, hasAccess, REGISTRATION } from '../portal-user.ts';
import { createUser, REGISTRATION_SOURCE } from '../registration/create-user.ts';
import { configuredIdentifiers } from '../registration/identifiers.ts';
import { type Identified, identify, registrationMode } from '../registration/identify.ts';
import type { Identifiers } from '../user-hooks.ts';
import type { UsersPlatform } from '../users-platform.ts';
import { matchingValues, type ProvidedPerson, providedPerson } from './claims.ts';
import { findLinkedUser, linkUser } from './link-store.ts';
import type { Provider } from './providers.ts';

interface SignInWish {
  /** Create nothing for people without an account. */
  readonly loginOnly: boolean;
  readonly contactId: string | undefined;
}

const NO_ACCOUNT = {
  code: 'PORTAL_ACCOUNT_NOT_FOUND',
  message: 'There is no account for this person',
} as const;

/**
 * Finds or provisions the portal user behind verified claims, and answers the ticket for the `sso` grant (portal §4.7 steps 3 to 8). Throws 400
 * `PORTAL_ACCOUNT_NOT_FOUND`, `NO_CREDENTIAL`, `EMAIL_MISSING`, `EMAIL_NOT_VERIFIED` or a reason of registration, 401 when the user's access was taken away.
 */
export async function signInByProvider(
  platform: UsersPlatform,
  portal: Portal,
  provider: Provider,
  claims: ProviderClaims,
  wish: SignInWish,
): Promise<{ readonly token: string; readonly email: string }> {
  const { identity, database, entities, clock } = platform;
  const tenant = database.tenant(portal.org);
  const person = providedPerson(provider, claims);
  const link = { issuer: claims.iss, subject: claims.sub };
  const known = await findUser(platform, portal, tenant, provider, claims, person);
  if (known && !provider.autoCreatesCredential) await requireCredential(platform, tenant, known);
  const identified = known
    ? undefined
    : await identifyPerson(platform, portal, tenant, provider, claims, person, wish);

  const portalUserId = await tenant.transaction(async (tx) => {
    const id =
      known?.id ??
      (await createUser(tx, platform, portal, identified ?? nobody(portal), {
        email: requireEmail(person),
        status: REGISTRATION.registered,
        contact: person.contact,
        account: person.account,
        user: { ...person.user, source: 'sso' },
      }));
    if (known) await follow(known);
    await linkUser(tx, portal.portalId, id, link, clock.now());
    return id;

    /** What the provider says about access holds from now on; an open registration is complete, since the address is the provider's word. */
    async function follow(user: Entity): Promise<void> {
      const isOpen = user.doc['registration_status'] === REGISTRATION.pending;
      const attributes = {
        ...person.user,
        ...(isOpen ? { registration_status: REGISTRATION.registered } : {}),
      };
      if (Object.keys(attributes).length === 0) return;
      await entities.patch(tx, { id: user.id, attributes }, { source: REGISTRATION_SOURCE, direct: true });
    }
  });
  const user = await findEntity(tenant, portalUserId, 'portal_user');
  const email = user && firstAddress(user);
  if (!user || !email || !hasAccess(user))
    throw unauthorized('This account has no access', 'PORTAL_USER_DISABLED');
  const subject = { portalId: portal.portalId, portalUserId, email };
  return { token: await identity.accounts.issueSsoTicket(tenant, subject), email };
}

/** Step 3: by the provider's rule, by the stored link, by an address the provider has not called unverified. */
async function findUser(
  { identity }: UsersPlatform,
  portal: Portal,
  tenant: Tenant,
  { entityMatching }: Provider,
  claims: ProviderClaims,
  { email, isEmailVerified }: ProvidedPerson,
): Promise<Entity | undefined> {
  const values = matchingValues(entityMatching['portal_user'], claims);
  if (values) {
    const keys = Object.entries(values).map(([attribute, value]) => ({ attribute, value }));
    const matches = await findByUniqueKeys(tenant, 'portal_user', keys, { most: 20 });
    const [match, ...others] = matches.filter(({ doc }) => doc['portal_id'] === portal.portalId);
    if (match && others.length === 0) return match;
  }
  const linked = await findLinkedUser(tenant, portal.portalId, { issuer: claims.iss, subject: claims.sub });
  const user = linked && (await findEntity(tenant, linked, 'portal_user'));
  if (user) return user;
  if (!email || !isEmailVerified) return undefined;
  const record = await identity.portalDirectory.portalUserByEmail(portal.org, portal.portalId, email);
  return record && findEntity(tenant, record.id, 'portal_user');
}

/** Steps 4 and 5: the contact of somebody without an account, and whether they may have one. */
async function identifyPerson(
  platform: UsersPlatform,
  portal: Portal,
  tenant: Tenant,
  provider: Provider,
  claims: ProviderClaims,
  person: ProvidedPerson,
  wish: SignInWish,
): Promise<Identified> {
  const email = requireEmail(person);
  const contactId = await contactOf(tenant, provider, claims, person, wish.contactId);
  if (contactId) {
    return { decision: { act: 'map' }, contactId, accountId: undefined, mode: 'contact' };
  }
  if (wish.loginOnly) throw refused(NO_ACCOUNT.code, NO_ACCOUNT.message);
  // Nobody becomes a customer, or takes an address, on the word of a provider that has not checked it.
  if (!person.isEmailVerified)
    throw refused('EMAIL_NOT_VERIFIED', 'The identity provider has not verified the address');
  const identifiers = identifiersOf(portal, email, person);
  const identified = await identify(platform, portal, tenant, {
    email,
    identifiers,
    contactId: undefined,
    contactIdentifiersForAccount: {},
  });
  if (identified.decision.act === 'refuse') {
    throw refused(identified.decision.reason, 'This portal does not open an account for this person');
  }
  return identified;
}

async function contactOf(
  tenant: Tenant,
  { entityMatching }: Provider,
  claims: ProviderClaims,
  { email, isEmailVerified }: ProvidedPerson,
  contactId: string | undefined,
): Promise<string | undefined> {
  const values = matchingValues(entityMatching['contact'], claims);
  if (values) {
    const keys = Object.entries(values).map(([attribute, value]) => ({ attribute, value }));
    const [match, ...others] = await findByUniqueKeys(tenant, 'contact', keys);
    if (match && others.length === 0) return match.id;
  }
  if (!email || !isEmailVerified) return undefined;
  if (contactId) {
    const contact = await findEntity(tenant, contactId, 'contact');
    if (contact && addressesOf(contact).includes(email)) return contact.id;
  }
  const [match, ...others] = await findByUniqueKeys(tenant, 'contact', [
    { attribute: 'email', value: email, repeatableKey: 'email' },
  ]);
  return match && others.length === 0 ? match.id : undefined;
}

/** The identifiers that the provider has answered already. With one missing, nobody is found by them. */
function identifiersOf(portal: Portal, email: string, { contact }: ProvidedPerson): Identifiers {
  const values: Record<string, Record<string, string>> = {};
  for (const { schema, name } of configuredIdentifiers(portal, 'registration_identifiers')) {
    const value = schema === 'contact' ? (name === 'email' ? email : contact[name]) : undefined;
    if (typeof value !== 'string') return {};
    values[schema] = { ...values[schema], [name]: value };
  }
  return values;
}

async function requireCredential({ identity }: UsersPlatform, tenant: Tenant, user: Entity): Promise<void> {
  if ((await identity.accounts.hasPassword(tenant, user.id)) !== undefined) return;
  throw refused('NO_CREDENTIAL', 'The account has no credential yet');
}

function requireEmail({ email }: ProvidedPerson): string {
  if (!email) throw refused('EMAIL_MISSING', 'The identity provider did not name an e-mail address');
  return email;
}

function nobody(portal: Portal): Identified {
  return {
    decision: { act: 'wait' },
    contactId: undefined,
    accountId: undefined,
    mode: registrationMode(portal),
  };
}

function refused(reason: string, message: string): Refusal {
  return new Refusal(400, reason, message, { reason });
}
