import { randomUUID } from 'node:crypto';
import { conflict } from '../../refusal.ts';
import { json, sql, type TenantQueries } from '../../storage/index.ts';
import { textsOf } from '../json-reading.ts';

/** The credential of a portal user: identity is (portal, e-mail); the person's data is the portal_user entity. */
export interface PortalAccount {
  /** Credential id: the `sub` of the user's tokens. */
  readonly id: string;
  readonly portalId: string;
  readonly portalUserId: string;
  /** Lower case. */
  readonly email: string;
  readonly emailVerified: boolean;
  /** PHC notation; undefined while the account has no password. */
  readonly passwordHash: string | undefined;
  /** Hashes of former passwords, newest first. */
  readonly passwordHistory: readonly string[];
  /** The sealed SRP verifier of the password; undefined without one. */
  readonly sealedSrp: string | undefined;
}

/** A password as it is kept: its hash, and the sealed SRP verifier under the user's name in that protocol. */
export interface StoredPassword {
  readonly hash: string;
  readonly srpUserId: string;
  readonly sealedSrp: string;
}

interface NewAccount {
  readonly portalId: string;
  readonly portalUserId: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly password: StoredPassword | undefined;
}

interface AccountRow {
  readonly id: string;
  readonly portal_id: string;
  readonly portal_user_id: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly password_hash: string | null;
  readonly password_history: unknown;
  readonly srp_sealed: string | null;
}

const COLUMNS = sql`id, portal_id, portal_user_id, email, email_verified, password_hash, password_history, srp_sealed`;

function fromRow(row: AccountRow): PortalAccount {
  return {
    id: row.id,
    portalId: row.portal_id,
    portalUserId: row.portal_user_id,
    email: row.email,
    emailVerified: row.email_verified,
    passwordHash: row.password_hash ?? undefined,
    passwordHistory: textsOf(row.password_history),
    sealedSrp: row.srp_sealed ?? undefined,
  };
}

/**
 * Adds the credential of a portal user, or completes the one without a password that they have. A password that exists is never replaced
 * here: whoever registers again has not proved anything. Throws 409 when another user of the portal has the address.
 */
export async function completeAccount(
  queries: TenantQueries,
  account: NewAccount,
  now: Date,
): Promise<PortalAccount> {
  const existing = await ensureAccount(queries, account, now);
  const row = await queries.first<AccountRow>(sql`
    update portal_account
       set password_hash = coalesce(password_hash, ${account.password?.hash ?? null}),
           srp_user_id = case when password_hash is null then ${account.password?.srpUserId ?? null}::uuid else srp_user_id end,
           srp_sealed = case when password_hash is null then ${account.password?.sealedSrp ?? null}::text else srp_sealed end,
           email_verified = email_verified or ${account.emailVerified}
     where org_id = ${queries.org} and id = ${existing.id} returning ${COLUMNS}`);
  return row ? fromRow(row) : existing;
}

/** The credential of a portal user; adds it when there is none. Throws 409 when another user of the portal has the address. */
export async function ensureAccount(
  queries: TenantQueries,
  account: NewAccount,
  now: Date,
): Promise<PortalAccount> {
  await queries.run(sql`
    insert into portal_account
      (org_id, id, portal_id, portal_user_id, email, email_verified, password_hash, srp_user_id, srp_sealed, created_at)
    values (${queries.org}, ${randomUUID()}, ${account.portalId}, ${account.portalUserId}, ${account.email.toLowerCase()},
            ${account.emailVerified}, ${account.password?.hash ?? null}, ${account.password?.srpUserId ?? null},
            ${account.password?.sealedSrp ?? null}, ${now})
    on conflict do nothing`);
  const stored = await findAccountOfUser(queries, account.portalUserId);
  if (!stored) throw conflict('Another account of the portal has this address', 'EMAIL_TAKEN');
  return stored;
}

/** A portal's account by sign-in address (lower case). */
export async function findAccountByEmail(
  queries: TenantQueries,
  portalId: string,
  email: string,
): Promise<PortalAccount | undefined> {
  const row = await queries.first<AccountRow>(sql`
    select ${COLUMNS} from portal_account
     where org_id = ${queries.org} and portal_id = ${portalId} and email = ${email}`);
  return row && fromRow(row);
}

/** An account by its credential id. */
export async function findAccount(queries: TenantQueries, id: string): Promise<PortalAccount | undefined> {
  const row = await queries.first<AccountRow>(
    sql`select ${COLUMNS} from portal_account where org_id = ${queries.org} and id = ${id}`,
  );
  return row && fromRow(row);
}

/** The account of a portal user. */
export async function findAccountOfUser(
  queries: TenantQueries,
  portalUserId: string,
): Promise<PortalAccount | undefined> {
  const row = await queries.first<AccountRow>(sql`
    select ${COLUMNS} from portal_account where org_id = ${queries.org} and portal_user_id = ${portalUserId}`);
  return row && fromRow(row);
}

/** A portal's account by its user's name in SRP. */
export async function findAccountBySrpUser(
  queries: TenantQueries,
  portalId: string,
  srpUserId: string,
): Promise<PortalAccount | undefined> {
  const row = await queries.first<AccountRow>(sql`
    select ${COLUMNS} from portal_account
     where org_id = ${queries.org} and portal_id = ${portalId} and srp_user_id = ${srpUserId}`);
  return row && fromRow(row);
}

/**
 * Replaces the password; the old one goes to the front of the history, which keeps the newest `historySize`. `mailedAt`: it was set with
 * nothing but a proof from the mailbox, at that instant.
 */
export async function writePassword(
  queries: TenantQueries,
  account: PortalAccount,
  password: StoredPassword,
  { historySize, mailedAt }: { readonly historySize: number; readonly mailedAt: Date | undefined },
): Promise<void> {
  const former = account.passwordHash
    ? [account.passwordHash, ...account.passwordHistory]
    : account.passwordHistory;
  await queries.run(sql`
    update portal_account
       set password_hash = ${password.hash}, password_history = ${json(former.slice(0, historySize))}::jsonb,
           srp_user_id = ${password.srpUserId}, srp_sealed = ${password.sealedSrp}, password_mailed_at = ${mailedAt ?? null}
     where org_id = ${queries.org} and id = ${account.id}`);
}

/** Adds the verifier of a password that was set before there were verifiers, unless the password has changed since. */
export async function writeSrp(
  queries: TenantQueries,
  account: PortalAccount,
  { srpUserId, sealedSrp }: StoredPassword,
): Promise<void> {
  await queries.run(sql`
    update portal_account set srp_user_id = ${srpUserId}, srp_sealed = ${sealedSrp}
     where org_id = ${queries.org} and id = ${account.id} and password_hash = ${account.passwordHash ?? null} and srp_sealed is null`);
}

/** Marks the address as confirmed. */
export async function markEmailVerified(queries: TenantQueries, id: string): Promise<void> {
  await queries.run(
    sql`update portal_account set email_verified = true where org_id = ${queries.org} and id = ${id}`,
  );
}

/** Moves the account to another, proven address. Throws a unique violation when it is taken in the portal. */
export async function writeEmail(queries: TenantQueries, id: string, email: string): Promise<void> {
  await queries.run(sql`
    update portal_account set email = ${email}, email_verified = true where org_id = ${queries.org} and id = ${id}`);
}

/** Removes the credentials of all users of a portal. */
export async function removeAccountsOfPortal(queries: TenantQueries, portalId: string): Promise<void> {
  await queries.run(
    sql`delete from portal_account where org_id = ${queries.org} and portal_id = ${portalId}`,
  );
}

/** Removes a portal user's credential. */
export async function removeAccount(queries: TenantQueries, portalUserId: string): Promise<void> {
  await queries.run(
    sql`delete from portal_account where org_id = ${queries.org} and portal_user_id = ${portalUserId}`,
  );
}
