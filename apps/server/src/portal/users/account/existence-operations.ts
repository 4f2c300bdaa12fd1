import { asObject } from '../../../contract/json-object.ts';
import type { Operations } from '../../../contract/operation-types.ts';
import { readSignInSettings } from '../../../identity/index.ts';
import { invalid, notFound } from '../../../refusal.ts';
import type { Portal } from '../../config/index.ts';
import { type Asker, countLookup, inUniformTime } from '../registration/lookup-limits.ts';
import { linksOfUser } from '../sso/link-store.ts';
import { providersOf } from '../sso/providers.ts';
import { deletedUsersWithAddress, usersWithAddress } from '../user-store.ts';
import type { UsersPlatform } from '../users-platform.ts';

/** Whether somebody has an account, and how they sign in (portal §4.7, §1.8). Limited by IP, in uniform time. */
export function existenceOperations(platform: UsersPlatform): Operations<'customer-portal'> {
  const { portals, database, clock, identity } = platform;

  const count = (org: string, subject: string, asker: Asker) =>
    countLookup(database.tenant(org), subject, asker, clock.now());
  const existsAt = async (portal: Portal, email: string, asker: Asker) => {
    await count(portal.org, portal.portalId, asker);
    return inUniformTime(async () => {
      const { portalUserByEmail } = identity.portalDirectory;
      const record = await portalUserByEmail(portal.org, portal.portalId, normal(email));
      return { exists: record !== undefined && !preventsEnumeration(portal) };
    });
  };

  /** In any portal of the organisation; those that prevent enumeration are looked at as if they had no users. */
  const existsAnywhere = async (org: string, email: string, asker: Asker) => {
    await count(org, 'organisation', asker);
    return inUniformTime(async () => {
      for (const id of await usersWithAddress(database, org, normal(email))) {
        const record = await identity.portalDirectory.portalUser(org, id);
        const home = record && (await portals.find(record.portalId));
        if (home && !preventsEnumeration(home)) return { exists: true };
      }
      return { exists: false };
    });
  };

  return {
    async userExists(call) {
      const { email, org_id: org, origin } = call.parameters;
      if (!origin) return existsAnywhere(String(org), email, call);
      return existsAt(await portals.ofPublic({ org_id: String(org), origin }), email, call);
    },

    async userExistsV3(call) {
      const { email, org_id: org, portal_id: portalId, domain } = call.parameters;
      if (org !== undefined && !portalId && !domain) return existsAnywhere(String(org), email, call);
      const portal = await portals.ofPublic({ org_id: org, portal_id: portalId, domain });
      if (org !== undefined && String(org) !== portal.org) throw notFound('The portal', 'PORTAL_NOT_FOUND');
      return existsAt(portal, email, call);
    },

    async getUserEntryPoint(call) {
      const { email, domain } = call.parameters;
      if (normal(email) === '') throw invalid({ path: 'query.email', message: 'is required' });
      const portal = await portals.ofPublic({ domain });
      await count(portal.org, portal.portalId, call);
      return inUniformTime(() => entryPoint(platform, portal, normal(email)));
    },
  };
}

async function entryPoint(
  platform: UsersPlatform,
  portal: Portal,
  email: string,
): Promise<Record<string, unknown>> {
  const { identity, database } = platform;
  const auth = asObject(portal.config['auth_settings']);
  const providers = await providersOf(platform, portal);
  // The setting may name providers that the portal does not have (yet, or any more).
  const wanted: readonly unknown[] = Array.isArray(auth['preferred_sso_providers'])
    ? auth['preferred_sso_providers']
    : [];
  const preferred = wanted.filter((slug) => providers.some((provider) => provider.slug === slug));
  const configured = {
    entry_point: auth['entry_point'] === 'SSO' ? 'SSO' : 'PASSWORD',
    preferred_sso_providers: preferred,
  };
  if (preventsEnumeration(portal)) return { user_exists: true, ...configured };
  const tenant = database.tenant(portal.org);
  const record = await identity.portalDirectory.portalUserByEmail(portal.org, portal.portalId, email);
  if (!record) {
    const deleted = await deletedUsersWithAddress(database, portal.org, portal.portalId, email);
    return { user_exists: false, ...configured, is_soft_deleted: deleted.length > 0 };
  }
  const links = await linksOfUser(tenant, record.id);
  const hasPassword = (await identity.accounts.hasPassword(tenant, record.id)) === true;
  if (links.length === 0 || hasPassword) return { user_exists: true, ...configured };
  const issuers = new Set(links.map(({ issuer }) => issuer));
  const own = providers.filter(({ issuer }) => issuers.has(issuer)).map(({ slug }) => slug);
  return {
    user_exists: true,
    entry_point: 'SSO',
    preferred_sso_providers: [...new Set([...own, ...preferred])],
  };
}

function preventsEnumeration(portal: Portal): boolean {
  return readSignInSettings(portal.portalId, portal.config).preventEnumeration;
}

function normal(email: string): string {
  return email.trim().toLowerCase();
}
