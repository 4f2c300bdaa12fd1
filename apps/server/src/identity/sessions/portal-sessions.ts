import { randomUUID } from 'node:crypto';
import type { Clock } from '../../ports/index.ts';
import { notFound } from '../../refusal.ts';
import type { Database } from '../../storage/index.ts';
import type { AccountEvents } from '../account-events.ts';
import { ensureAccount, findAccount, type PortalAccount } from '../accounts/account-store.ts';
import { writeAudit } from '../audit/audit.ts';
import type { PortalDirectory, PortalRecord, PortalUserRecord } from '../portals/portal-directory.ts';
import { isDisabled } from '../portals/portal-user-state.ts';
import { readSignInSettings } from '../portals/sign-in-settings.ts';
import { clientNetwork } from '../rate-limits/client-network.ts';
import { rememberClient } from '../rate-limits/known-clients.ts';
import type { PortalTokenIssuer, TokenSet } from './portal-token-issuer.ts';
import { portalRefreshTokens } from './refresh-token-store.ts';
import { endSession, findLivingSession, insertSession, type PortalSession } from './session-store.ts';

/** A login-as session lasts 60 minutes and cannot be prolonged (portal §4.8). */
const LOGIN_AS_MINUTES = 60;

export type SignedIn = TokenSet;

/** Where a sign-in came from, for the audit log. */
export interface SignInOrigin {
  readonly requestId: string;
  readonly ip: string;
}

/** What a refresh comes to: new tokens, or why not. `reused` ended the whole session. */
type Refreshed =
  | { readonly outcome: 'tokens'; readonly tokens: TokenSet }
  | { readonly outcome: 'unknown' | 'reused' };

/** Sessions of portal users: opening, refreshing, and the tokens made from them (portal §1.5). */
export class PortalSessions {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #directory: PortalDirectory;
  readonly #issuer: PortalTokenIssuer;
  readonly #events: AccountEvents;

  constructor(
    database: Database,
    clock: Clock,
    directory: PortalDirectory,
    issuer: PortalTokenIssuer,
    events: AccountEvents,
  ) {
    this.#database = database;
    this.#clock = clock;
    this.#directory = directory;
    this.#issuer = issuer;
    this.#events = events;
  }

  /** Opens a session for somebody who has proved who they are. Told: account events and the audit log; their client is known from now on. */
  async open(
    portal: PortalRecord,
    user: PortalUserRecord,
    account: PortalAccount,
    origin: SignInOrigin,
  ): Promise<TokenSet> {
    const now = this.#clock.now();
    const { refreshMinutes } = readSignInSettings(portal.portalId, portal.config);
    const session = newSession(portal, account, now, refreshMinutes, undefined);
    const refreshToken = await this.#database.tenant(portal.org).transaction(async (tx) => {
      await insertSession(tx, session);
      const { portalId, portalUserId } = session;
      const client = clientNetwork(origin.ip);
      await rememberClient(tx, { portalId, email: account.email, client }, now);
      await this.#events.signedIn(tx, { portalId, portalUserId, at: now });
      await writeAudit(tx, now, {
        actor: `portal_user:${portalUserId}`,
        action: 'portal:sign-in',
        resource: `portal:${portalId}`,
        result: 'success',
        ...origin,
      });
      return portalRefreshTokens.issue(tx, session.id, session.expiresAt);
    });
    return this.#tokens(portal, user, account, session, refreshToken);
  }

  /** Opens a session for an admin in the name of a user: marked with `act`, without a refresh token, unseen by account events. */
  async openAs(
    portal: PortalRecord,
    user: PortalUserRecord,
    account: PortalAccount,
    impersonator: string,
    origin: SignInOrigin,
  ): Promise<TokenSet> {
    const now = this.#clock.now();
    const session = newSession(portal, account, now, LOGIN_AS_MINUTES, impersonator);
    await this.#database.tenant(portal.org).transaction(async (tx) => {
      await insertSession(tx, session);
      await writeAudit(tx, now, {
        actor: `portal_user:${session.portalUserId}`,
        impersonator,
        action: 'portal:sign-in',
        resource: `portal:${portal.portalId}`,
        result: 'success',
        ...origin,
      });
    });
    return this.#tokens(portal, user, account, session, undefined);
  }

  /** A session for demos and tests, without any proof. Throws 404 when the portal has no such user. */
  async openForInstallation(portal: PortalRecord, portalUserId: string): Promise<TokenSet> {
    const user = await this.#directory.portalUser(portal.org, portalUserId);
    if (user?.portalId !== portal.portalId) throw notFound('The portal user');
    const tenant = this.#database.tenant(portal.org);
    const now = this.#clock.now();
    const { portalId } = portal;
    const bare = { portalId, portalUserId, email: user.email, emailVerified: true, password: undefined };
    const account = await ensureAccount(tenant, bare, now);
    const { refreshMinutes } = readSignInSettings(portal.portalId, portal.config);
    const session = newSession(portal, account, now, refreshMinutes, undefined);
    await insertSession(tenant, session);
    const refreshToken = await portalRefreshTokens.issue(tenant, session.id, session.expiresAt);
    return this.#tokens(portal, user, account, session, refreshToken);
  }

  /** Exchanges a refresh token for a new token set. Showing one that was exchanged before ends its session for everybody. */
  async refresh(portal: PortalRecord, refreshToken: string): Promise<Refreshed> {
    const tenant = this.#database.tenant(portal.org);
    const now = this.#clock.now();
    const exchanged = await tenant.transaction(async (tx) => {
      const redemption = await portalRefreshTokens.redeem(tx, refreshToken, now);
      if (redemption.outcome === 'unknown') return 'unknown';
      if (redemption.outcome === 'reused') {
        await endSession(tx, redemption.sessionId, 'refresh token reused', now);
        return 'reused';
      }
      const session = await findLivingSession(tx, redemption.sessionId, now);
      const account =
        session?.portalId === portal.portalId ? await findAccount(tx, session.accountId) : undefined;
      if (!session || !account) return 'unknown';
      return { session, account, next: await portalRefreshTokens.issue(tx, session.id, session.expiresAt) };
    });
    if (typeof exchanged === 'string') return { outcome: exchanged };
    const { session, account, next } = exchanged;
    const user = await this.#directory.portalUser(portal.org, session.portalUserId);
    if (!user || isDisabled(user, now)) return { outcome: 'unknown' };
    return { outcome: 'tokens', tokens: await this.#tokens(portal, user, account, session, next) };
  }

  #tokens(
    portal: PortalRecord,
    user: PortalUserRecord,
    account: PortalAccount,
    session: PortalSession,
    refreshToken: string | undefined,
  ): Promise<TokenSet> {
    const settings = readSignInSettings(portal.portalId, portal.config);
    const subject = {
      email: account.email,
      emailVerified: account.emailVerified,
      contactId: user.isMapped ? user.contactId : undefined,
    };
    return this.#issuer.issue(portal, settings, session, subject, refreshToken, this.#clock.now());
  }
}

function newSession(
  portal: PortalRecord,
  account: PortalAccount,
  now: Date,
  minutes: number,
  impersonator: string | undefined,
): PortalSession {
  return {
    id: randomUUID(),
    portalId: portal.portalId,
    accountId: account.id,
    portalUserId: account.portalUserId,
    impersonator,
    authTime: now,
    expiresAt: new Date(now.getTime() + minutes * 60_000),
  };
}
