import { randomUUID } from 'node:crypto';
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
}

interface NewAccount {
  readonly portalId: string;
  readonly portalUserId: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly passwordHash: string | undefined;
}

interface AccountRow {
  readonly id: string;
  readonly portal_id: string;
  readonly portal_user_id: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly password_hash: string | null;
  readonly password_history: unknown;
}

const COLUMNS = sql`id, portal_id, portal_user_id, email, email_verified, password_hash, password_history`;

function fromRow(row: AccountRow): PortalAccount {
  return {
    id: row.id,
    portalId: row.portal_id,
    portalUserId: row.portal_user_id,
    email: row.email,
    emailVerified: row.email_verified,
    passwordHash: row.password_hash ?? undefined,
    passwordHistory: textsOf(row.password_history),
  };
}

/**
 * Adds the credential of a portal user, or completes the one that exists for the same user. Throws a unique violation
 * (`isUniqueViolation`) when another user of the portal has the address.
 */
export async function upsertAccount(
  queries: TenantQueries,
  account: NewAccount,
  now: Date,
): Promise<PortalAccount> {
  const row = await queries.first<AccountRow>(sql`
    insert into portal_account (org_id, id, portal_id, portal_user_id, email, email_verified, password_hash, created_at)
    values (${queries.org}, ${randomUUID()}, ${account.portalId}, ${account.portalUserId}, ${account.email.toLowerCase()},
            ${account.emailVerified}, ${account.passwordHash ?? null}, ${now})
    on conflict (org_id, portal_user_id) do update
       set password_hash = coalesce(excluded.password_hash, portal_account.password_hash),
           email_verified = portal_account.email_verified or excluded.email_verified
    returning ${COLUMNS}`);
  if (!row) throw new Error('An upsert answers its row');
  return fromRow(row);
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

/** Replaces the password; the old one goes to the front of the history, which keeps the newest `historySize`. */
export async function writePassword(
  queries: TenantQueries,
  account: PortalAccount,
  passwordHash: string,
  historySize: number,
): Promise<void> {
  const former = account.passwordHash
    ? [account.passwordHash, ...account.passwordHistory]
    : account.passwordHistory;
  await queries.run(sql`
    update portal_account set password_hash = ${passwordHash}, password_history = ${json(former.slice(0, historySize))}::jsonb
     where org_id = ${queries.org} and id = ${account.id}`);
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

/** Removes a portal user's credential. */
export async function removeAccount(queries: TenantQueries, portalUserId: string): Promise<void> {
  await queries.run(
    sql`delete from portal_account where org_id = ${queries.org} and portal_user_id = ${portalUserId}`,
  );
}
