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
import type { PortalSession } from '../sessions/session-store.ts';
import { isUuid } from '../uuid.ts';
import type { PreviewGrant } from './access-token-verifier.ts';
import { type CallerRecords, type ClaimedCaller, readCallerRecords } from './caller-records.ts';
import { SharedReads } from './shared-reads.ts';
import { VerdictCache } from './verdict-cache.ts';
import { fingerprint, verifyJwt } from './verify-jwt.ts';

/** A signature does not change: it is remembered, everything else about a portal user is read on each request, in one statement. */
const SIGNATURE_KEPT_MS = 5 * 60_000;

/** Turns portal tokens into principals: steps 1-6 of portal §1.3. Claims are a cache; the stored records decide. */
export class PortalAuthenticator {
  readonly #database: Database;
  readonly #directory: PortalDirectory;
  readonly #keys: KeyRing;
  readonly #clock: Clock;
  readonly #baseUrl: string;
  readonly #signatures: VerdictCache<JsonObject>;
  readonly #callers = new SharedReads<CallerRecords | undefined>();

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
    const org = textOf(claims['custom:org_id']);
    const sessionId = textOf(claims['sid']) ?? '';
    const portalUserId = textOf(claims['custom:portal_user_id']) ?? '';
    if (!org || !isUuid(sessionId)) throw unauthorized();
    const { portal, records } = await this.#read(org, { portalId, portalUserId, sessionId });
    if (!isForClient(claims, readSignInSettings(portalId, portal.config).clientId)) throw unauthorized();
    const { session } = records;
    if (session?.portalId !== portalId || session.portalUserId !== portalUserId) {
      throw unauthorized('The session has ended');
    }
    const user = this.#activeUser(portal, records.user, allowPending);
    return principalOf(portal, user, records, session);
  }

  /** The portal user an admin previews; the same checks, and nothing may be written. */
  async preview(grant: PreviewGrant, allowPending: boolean): Promise<PortalPrincipal> {
    const { portalId, portalUserId } = grant;
    const { portal, records } = await this.#read(grant.org, { portalId, portalUserId, sessionId: undefined });
    return principalOf(portal, this.#activeUser(portal, records.user, allowPending), records, undefined);
  }

  /** What is stored about a caller, and their portal if it is the organisation's and open. */
  async #read(
    org: string,
    claimed: ClaimedCaller,
  ): Promise<{ readonly portal: PortalRecord; readonly records: CallerRecords }> {
    const question = JSON.stringify([org, claimed.portalId, claimed.portalUserId, claimed.sessionId]);
    const records = await this.#callers.ask(question, () =>
      readCallerRecords(this.#database.tenant(org), claimed, this.#clock.now()),
    );
    const portal = records && (await this.#directory.portalAt(records.portal));
    if (!records || portal?.org !== org) throw unauthorized();
    if (!portal.enabled) throw portalRefusals.portalDisabled();
    return { portal, records };
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

  #activeUser(
    portal: PortalRecord,
    user: PortalUserRecord | undefined,
    allowPending: boolean,
  ): PortalUserRecord {
    if (user?.portalId !== portal.portalId) throw unauthorized('The account does not exist');
    if (isDisabled(user, this.#clock.now())) throw portalRefusals.userDisabled();
    if (!user.isMapped && !allowPending) throw portalRefusals.pendingActivation();
    return user;
  }
}

/** Clients use the id token against the API; the access token counts as well (portal §1.5). */
function isForClient(claims: JsonObject, clientId: string): boolean {
  return (
    (claims['token_use'] === 'id' && claims['aud'] === clientId) ||
    (claims['token_use'] === 'access' && claims['client_id'] === clientId)
  );
}

function principalOf(
  portal: PortalRecord,
  user: PortalUserRecord,
  { portal: { revision }, schemaGeneration }: CallerRecords,
  session: PortalSession | undefined,
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
    readOnly: session === undefined,
    versions: { portalRevision: revision, schemaGeneration },
  };
}
