import type { Clock } from '../../ports/index.ts';
import { unauthorized } from '../../refusal.ts';
import type { Database } from '../../storage/index.ts';
import { type JsonObject, textOf } from '../json-reading.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { PortalDirectory, PortalRecord, PortalUserRecord } from '../portals/portal-directory.ts';
import { isDisabled, portalRefusals } from '../portals/portal-user-state.ts';
import { readSignInSettings } from '../portals/sign-in-settings.ts';
import type { PortalPrincipal } from '../principal.ts';
import { portalIssuer } from '../sessions/portal-token-issuer.ts';
import { findLivingSession, type PortalSession } from '../sessions/session-store.ts';
import { isUuid } from '../uuid.ts';
import type { PreviewGrant } from './access-token-verifier.ts';
import { VerdictCache } from './verdict-cache.ts';
import { fingerprint, verifyJwt } from './verify-jwt.ts';

/** A signature does not change: it is remembered, everything else about a portal user is read on each request. */
const SIGNATURE_KEPT_MS = 5 * 60_000;

/** Turns portal tokens into principals: steps 1-6 of portal §1.3. Claims are a cache; the stored records decide. */
export class PortalAuthenticator {
  readonly #database: Database;
  readonly #directory: PortalDirectory;
  readonly #keys: KeyRing;
  readonly #clock: Clock;
  readonly #baseUrl: string;
  readonly #signatures: VerdictCache<JsonObject>;

  constructor(database: Database, directory: PortalDirectory, keys: KeyRing, clock: Clock, baseUrl: string) {
    this.#database = database;
    this.#directory = directory;
    this.#keys = keys;
    this.#clock = clock;
    this.#baseUrl = baseUrl;
    this.#signatures = new VerdictCache(clock, SIGNATURE_KEPT_MS);
  }

  /** Whether tokens of this issuer are portal tokens of ours. */
  knows(issuer: string): boolean {
    return issuer.startsWith(portalIssuer(this.#baseUrl, ''));
  }

  /**
   * The portal user a token speaks for. Throws 401 with the reasons `PORTAL_DISABLED`, `PORTAL_USER_DISABLED` and, unless `allowPending`,
   * `PORTAL_USER_PENDING_ACTIVATION`.
   */
  async authenticate(token: string, issuer: string, allowPending: boolean): Promise<PortalPrincipal> {
    const portalId = issuer.slice(portalIssuer(this.#baseUrl, '').length);
    const claims = await this.#verified(token, issuer);
    const portal = await this.#openPortal(portalId, textOf(claims['custom:org_id']));
    const { clientId } = readSignInSettings(portalId, portal.config);
    const isForClient =
      (claims['token_use'] === 'id' && claims['aud'] === clientId) ||
      (claims['token_use'] === 'access' && claims['client_id'] === clientId);
    const sessionId = textOf(claims['sid']) ?? '';
    if (!isForClient || !isUuid(sessionId)) throw unauthorized();
    const tenant = this.#database.tenant(portal.org);
    const session = await findLivingSession(tenant, sessionId, this.#clock.now());
    if (session?.portalId !== portalId || session.portalUserId !== claims['custom:portal_user_id']) {
      throw unauthorized('The session has ended');
    }
    const user = await this.#activeUser(portal, session.portalUserId, allowPending);
    return principalOf(portal, user, session, false);
  }

  /** The portal user an admin previews; the same checks, and nothing may be written. */
  async preview(grant: PreviewGrant, allowPending: boolean): Promise<PortalPrincipal> {
    const portal = await this.#openPortal(grant.portalId, grant.org);
    const user = await this.#activeUser(portal, grant.portalUserId, allowPending);
    return principalOf(portal, user, undefined, true);
  }

  async #verified(token: string, issuer: string): Promise<JsonObject> {
    const key = fingerprint(token);
    const known = this.#signatures.get(key);
    if (known) return known;
    const claims = await verifyJwt(this.#keys, 'portal', token, issuer, this.#clock.now());
    const expiry = claims['exp'];
    if (typeof expiry !== 'number') throw unauthorized();
    this.#signatures.set(key, claims, new Date(expiry * 1000));
    return claims;
  }

  async #openPortal(portalId: string, org: string | undefined): Promise<PortalRecord> {
    const portal = await this.#directory.portal(portalId);
    if (portal?.org !== org || !portal) throw unauthorized();
    if (!portal.enabled) throw portalRefusals.portalDisabled();
    return portal;
  }

  async #activeUser(portal: PortalRecord, id: string, allowPending: boolean): Promise<PortalUserRecord> {
    const user = await this.#directory.portalUser(portal.org, id);
    if (user?.portalId !== portal.portalId) throw unauthorized('The account does not exist');
    if (isDisabled(user, this.#clock.now())) throw portalRefusals.userDisabled();
    if (!user.isMapped && !allowPending) throw portalRefusals.pendingActivation();
    return user;
  }
}

function principalOf(
  portal: PortalRecord,
  user: PortalUserRecord,
  session: PortalSession | undefined,
  readOnly: boolean,
): PortalPrincipal {
  const contactId = user.isMapped ? user.contactId : undefined;
  return {
    kind: 'portal_user',
    org: portal.org,
    portalId: portal.portalId,
    origin: portal.origin,
    portalUserId: user.id,
    email: user.email,
    contactId,
    contactIds: contactId ? [...new Set([contactId, ...user.represents])] : [],
    sessionId: session?.id,
    impersonator: session?.impersonator,
    readOnly,
  };
}
