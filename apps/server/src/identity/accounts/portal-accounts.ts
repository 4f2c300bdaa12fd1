import type { Clock, SecretBox } from '../../ports/index.ts';
import { conflict, notFound } from '../../refusal.ts';
import type { Database, TenantQueries, TenantTransaction } from '../../storage/index.ts';
import type { AccountEvents } from '../account-events.ts';
import {
  findByLink,
  issueChallenge,
  newestChallenge,
  redeemLink,
  redeemNewestLink,
  removeChallengesOfPortal,
  voidChallenges,
} from '../challenges/challenge-store.ts';
import { makeVerifier } from '../cognito/srp.ts';
import { poolNameOf, sealVerifier } from '../cognito/verifier-store.ts';
import { textOf } from '../json-reading.ts';
import type { PasswordPolicy } from '../portals/sign-in-settings.ts';
import { type GuessedAt, SIGNED_IN } from '../rate-limits/guessed-at.ts';
import {
  attemptFailed,
  attemptSucceeded,
  beginSignInAttempt,
  ownerSeen,
} from '../rate-limits/sign-in-attempt.ts';
import { endSessionsOf, endSessionsOfPortal } from '../sessions/session-store.ts';
import {
  completeAccount,
  ensureAccount,
  findAccount,
  findAccountByEmail,
  findAccountOfUser,
  markEmailVerified,
  type PortalAccount,
  removeAccount,
  removeAccountsOfPortal,
  type StoredPassword,
  writeEmail,
  writePassword,
  writeSrp,
} from './account-store.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { checkPassword, invalidPassword } from './password-policy.ts';

const DAY_MINUTES = 24 * 60;
/** Minutes that links in mails and tickets between systems are good for (portal §4.4, §4.7, §4.8). */
const CONFIRMATION_MINUTES = 7 * DAY_MINUTES;
const EMAIL_CHANGE_MINUTES = DAY_MINUTES;
const LOGIN_AS_MINUTES = 5;
const SSO_MINUTES = 2;

interface NewPortalAccount {
  readonly portalId: string;
  readonly portalUserId: string;
  readonly email: string;
  /** From {@link PortalAccounts.hashPassword}; without one the user signs in otherwise. */
  readonly password?: StoredPassword;
  /** False until the address is confirmed. */
  readonly emailVerified: boolean;
}

/** A confirmation link that was followed. */
interface Confirmation {
  readonly org: string;
  readonly portalId: string;
  readonly portalUserId: string;
  /** The link was used before; that is success, not an error. */
  readonly alreadyConfirmed: boolean;
}

/** The credentials of portal users: what registration, account pages, SSO and admins do with them. */
export class PortalAccounts {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #hasher: PasswordHasher;
  readonly #events: AccountEvents;
  readonly #secrets: SecretBox;

  constructor(
    database: Database,
    clock: Clock,
    secrets: SecretBox,
    hasher: PasswordHasher,
    events: AccountEvents,
  ) {
    this.#secrets = secrets;
    this.#database = database;
    this.#clock = clock;
    this.#hasher = hasher;
    this.#events = events;
  }

  /**
   * Checks a new password against the portal's rules (400 `INVALID_PASSWORD`) and makes of it what is kept: a hash, and a verifier for signing
   * in by SRP. Call it before opening a transaction.
   */
  async hashPassword(
    portal: { readonly org: string; readonly portalId: string },
    password: string,
    policy: PasswordPolicy,
  ): Promise<StoredPassword> {
    checkPassword(password, policy);
    return { hash: await this.#hasher.hash(password), ...this.#srp(portal.org, portal.portalId, password) };
  }

  /**
   * Adds the credential of a portal user, or completes the one they have without a password (an existing password stays). Throws 409
   * `EMAIL_TAKEN` when another user of the portal has the address.
   */
  async createPortalAccount(tx: TenantTransaction, account: NewPortalAccount): Promise<void> {
    await completeAccount(tx, { ...account, password: account.password }, this.#clock.now());
  }

  /** Whether a user has a password, or may sign in by other means only. Undefined without a credential. */
  async hasPassword(queries: TenantQueries, portalUserId: string): Promise<boolean | undefined> {
    const account = await findAccountOfUser(queries, portalUserId);
    return account && account.passwordHash !== undefined;
  }

  /**
   * Whether this is the password of a user who holds a session. Failures are counted per user: five in 15 minutes, then nothing matches for a
   * while. Strangers, who have no session, can neither use these tries up nor be slowed down by them.
   */
  async verifyPassword(org: string, portalUserId: string, password: string): Promise<boolean> {
    const tenant = this.#database.tenant(org);
    const account = await findAccountOfUser(tenant, portalUserId);
    if (!account) return false;
    const at = { portalId: account.portalId, email: account.email, client: SIGNED_IN };
    return this.checkPassword(tenant, at, account, password);
  }

  /**
   * The one place where a shown password is held against a stored one: counts the attempt first, works equally long without an account or
   * while the client is locked out, and locks it out after its last permitted failure (portal §1.7, §1.8).
   */
  async checkPassword(
    tenant: TenantQueries,
    at: GuessedAt,
    account: PortalAccount | undefined,
    password: string,
  ): Promise<boolean> {
    const attempt = await beginSignInAttempt(tenant, at, this.#clock.now());
    const fits = await this.#hasher.verify(account?.passwordHash, password);
    if (!attempt.isOpen) return false;
    if (!fits) {
      await attemptFailed(tenant, attempt, this.#clock.now());
      return false;
    }
    await attemptSucceeded(tenant, attempt);
    if (account && !account.sealedSrp) {
      const srp = this.#srp(tenant.org, at.portalId, password);
      await writeSrp(tenant, account, { hash: account.passwordHash ?? '', ...srp });
    }
    return true;
  }

  /**
   * Sets a new password: rules, history, then password, open proofs and sessions in one transaction. Every session but the given one ends.
   * Throws 400 `INVALID_PASSWORD`, 404 without a credential.
   */
  async setPassword(
    org: string,
    change: {
      readonly accountId: string;
      readonly password: string;
      readonly policy: PasswordPolicy;
      readonly by: 'user' | 'mail';
      /** From where, by `clientNetwork`: who shows a mailed proof there is the owner. */
      readonly client: string;
      readonly keepSessionId?: string | undefined;
    },
  ): Promise<void> {
    const tenant = this.#database.tenant(org);
    const account = await findAccount(tenant, change.accountId);
    if (!account) throw notFound('The account');
    checkPassword(change.password, change.policy);
    await this.#refuseFormerPassword(account, change.password, change.policy.historySize);
    const hash = await this.#hasher.hash(change.password);
    const stored = { hash, ...this.#srp(org, account.portalId, change.password) };
    await tenant.transaction(async (tx) => {
      const at = this.#clock.now();
      const { portalId, portalUserId, email } = account;
      await writePassword(tx, account, stored, {
        historySize: change.policy.historySize,
        mailedAt: change.by === 'mail' ? at : undefined,
      });
      await voidChallenges(tx, account.id);
      await endSessionsOf(tx, portalUserId, 'password changed', at, change.keepSessionId);
      if (change.by === 'mail') {
        // A code or link from the mail proves the address, and the person behind it is no longer guessing.
        await markEmailVerified(tx, account.id);
        await ownerSeen(tx, { portalId, email, client: change.client }, at);
      }
      await this.#events.passwordChanged(tx, { portalId, portalUserId, at, by: change.by });
    });
  }

  /** A token for the confirmation link, good for 7 days; it replaces earlier ones. Throws 404 without a credential. */
  async issueConfirmation(tx: TenantQueries, portalUserId: string): Promise<string> {
    return this.#issueLink(tx, portalUserId, 'confirmation', CONFIRMATION_MINUTES);
  }

  /** What a confirmation token leads to; undefined for unknown and expired ones. */
  async findConfirmation(token: string): Promise<Confirmation | undefined> {
    const found = await findByLink(this.#database.system, 'confirmation', token, this.#clock.now());
    const account = found && (await findAccount(this.#database.tenant(found.org), found.accountId));
    if (!account) return undefined;
    const { portalId, portalUserId } = account;
    return { org: found.org, portalId, portalUserId, alreadyConfirmed: found.isUsed };
  }

  /** Uses a confirmation token up and marks the address as confirmed; false when somebody else was faster. */
  async confirmAccount(tx: TenantTransaction, portalId: string, token: string): Promise<boolean> {
    const used = await redeemLink(tx, { portalId, purpose: 'confirmation', token }, this.#clock.now());
    if (!used) return false;
    await markEmailVerified(tx, used.accountId);
    return true;
  }

  /** Marks the address as confirmed while a confirmation mail is open, whose token is not shown; false when there is none. */
  async confirmMailed(tx: TenantTransaction, portalUserId: string): Promise<boolean> {
    const account = await findAccountOfUser(tx, portalUserId);
    if (!account || !(await redeemNewestLink(tx, account.id, 'confirmation', this.#clock.now())))
      return false;
    await markEmailVerified(tx, account.id);
    return true;
  }

  /** A token for the mail to a new address, good for a day; it replaces earlier ones. Throws 404 without a credential. */
  async issueEmailChange(tx: TenantQueries, portalUserId: string, newEmail: string): Promise<string> {
    const detail = { email: newEmail.toLowerCase() };
    return this.#issueLink(tx, portalUserId, 'email_change', EMAIL_CHANGE_MINUTES, detail);
  }

  /** The address a user wants to change to and has not proved yet; undefined when there is none. */
  async wantedEmail(queries: TenantQueries, portalUserId: string): Promise<string | undefined> {
    const account = await findAccountOfUser(queries, portalUserId);
    const newest = account && (await newestChallenge(queries, account.id, 'email_change'));
    return textOf(newest?.detail['email']);
  }

  /**
   * Moves a user to an address that somebody else vouches for, without a mail, and ends all their sessions (portal §4.6, hook `changeEmail`).
   * Throws 409 `EMAIL_TAKEN` when another user of the portal has it.
   */
  async moveToEmail(tx: TenantTransaction, portalUserId: string, email: string): Promise<void> {
    const account = await findAccountOfUser(tx, portalUserId);
    if (!account) throw notFound('The account');
    const holder = await findAccountByEmail(tx, account.portalId, email);
    if (holder && holder.id !== account.id) {
      throw conflict('Another account of the portal has this address', 'EMAIL_TAKEN');
    }
    await writeEmail(tx, account.id, email);
    await voidChallenges(tx, account.id);
    await this.endSessions(tx, portalUserId, 'e-mail changed');
    const { portalId } = account;
    await this.#events.emailChanged(tx, { portalId, portalUserId, at: this.#clock.now(), email });
  }

  /** Removes a user's credential and ends all their sessions. */
  async deleteAccount(tx: TenantTransaction, portalUserId: string): Promise<void> {
    const account = await findAccountOfUser(tx, portalUserId);
    if (account) await voidChallenges(tx, account.id);
    await removeAccount(tx, portalUserId);
    await this.endSessions(tx, portalUserId, 'account deleted');
  }

  /** Removes every credential and open proof of a portal and ends all its sessions, when the portal itself goes. */
  async deleteAccountsOfPortal(tx: TenantTransaction, portalId: string): Promise<void> {
    await removeChallengesOfPortal(tx, portalId);
    await removeAccountsOfPortal(tx, portalId);
    await endSessionsOfPortal(tx, portalId, 'portal deleted', this.#clock.now());
  }

  /** Ends all sessions of a portal user; answers how many there were. */
  endSessions(queries: TenantQueries, portalUserId: string, reason: string): Promise<number> {
    return endSessionsOf(queries, portalUserId, reason, this.#clock.now());
  }

  /** The single-use token of `loginToPortalAsUser`, good for 5 minutes (portal §4.8). `adminId` becomes the session's `act`. */
  issueLoginAsTicket(
    queries: TenantQueries,
    user: { readonly portalId: string; readonly portalUserId: string; readonly email: string },
    adminId: string,
  ): Promise<string> {
    return this.#issueTicket(queries, user, 'login_as', LOGIN_AS_MINUTES, { impersonator: adminId });
  }

  /** The single-use token of `ssoLogin`, good for 2 minutes (portal §4.7). The caller has verified the provider's id token. */
  issueSsoTicket(
    queries: TenantQueries,
    user: { readonly portalId: string; readonly portalUserId: string; readonly email: string },
  ): Promise<string> {
    return this.#issueTicket(queries, user, 'sso', SSO_MINUTES, {});
  }

  /** Users made by an integration or by SSO have no credential yet: they get one without a password. */
  async #issueTicket(
    queries: TenantQueries,
    user: { readonly portalId: string; readonly portalUserId: string; readonly email: string },
    purpose: 'login_as' | 'sso',
    linkMinutes: number,
    detail: Record<string, string>,
  ): Promise<string> {
    const now = this.#clock.now();
    const bare = { ...user, emailVerified: false, password: undefined };
    const account = await ensureAccount(queries, bare, now);
    const { portalId } = user;
    const issued = await issueChallenge(
      queries,
      { portalId, purpose, accountId: account.id, linkMinutes, detail },
      now,
    );
    return issued.link;
  }

  async #issueLink(
    queries: TenantQueries,
    portalUserId: string,
    purpose: 'confirmation' | 'email_change',
    linkMinutes: number,
    detail: Record<string, string> = {},
  ): Promise<string> {
    const account = await findAccountOfUser(queries, portalUserId);
    if (!account) throw notFound('The account');
    const { portalId, id: accountId } = account;
    const challenge = { portalId, purpose, accountId, linkMinutes, detail };
    return (await issueChallenge(queries, challenge, this.#clock.now())).link;
  }

  #srp(org: string, portalId: string, password: string): Omit<StoredPassword, 'hash'> {
    const verifier = makeVerifier(poolNameOf(portalId), password);
    return { srpUserId: verifier.userId, sealedSrp: sealVerifier(this.#secrets, org, verifier) };
  }

  async #refuseFormerPassword(account: PortalAccount, password: string, historySize: number): Promise<void> {
    if (historySize === 0) return;
    const former = [account.passwordHash, ...account.passwordHistory].slice(0, historySize);
    for (const hash of former) {
      if (hash !== undefined && (await this.#hasher.verify(hash, password))) {
        throw invalidPassword([`must not be one of the last ${historySize} passwords`]);
      }
    }
  }
}
