import type { SecretBox } from '../../ports/index.ts';
import { sql, type TenantQueries } from '../../storage/index.ts';
import { totpStep } from './totp.ts';

const PURPOSE = 'identity.totp';
/** How long a password that came out of the mailbox does not open the app's way round by mail. */
const MAILED_PASSWORD_MS = 7 * 24 * 3_600_000;

/** Seals a secret for the database. */
export function sealTotp(secrets: SecretBox, org: string, secret: string): string {
  return secrets.seal(secret, { org, purpose: PURPOSE });
}

/** Opens what {@link sealTotp} sealed. Throws `SecretError`. */
export function openTotp(secrets: SecretBox, org: string, sealed: string): string {
  return secrets.open(sealed, { org, purpose: PURPOSE });
}

/** Whether an account has an app as its second factor. */
export async function hasTotp(queries: TenantQueries, accountId: string): Promise<boolean> {
  const row = await queries.first(sql`
    select 1 from portal_account where org_id = ${queries.org} and id = ${accountId} and totp_sealed is not null`);
  return row !== undefined;
}

/**
 * Whether the mailbox may stand in for the app: not while the mailbox has also supplied the password, in the 7 days after that. Otherwise
 * whoever has the mailbox would have both factors.
 */
export async function mayUseMailbox(queries: TenantQueries, accountId: string, now: Date): Promise<boolean> {
  const row = await queries.first(sql`
    select 1 from portal_account
     where org_id = ${queries.org} and id = ${accountId}
       and (totp_sealed is null or password_mailed_at is null or password_mailed_at <= ${new Date(now.getTime() - MAILED_PASSWORD_MS)})`);
  return row !== undefined;
}

/** Makes an app the second factor of an account, or takes it away; `step` is the one whose code proved it. */
export async function writeTotp(
  queries: TenantQueries,
  accountId: string,
  totp: { readonly sealed: string; readonly step: number; readonly at: Date } | undefined,
): Promise<void> {
  await queries.run(sql`
    update portal_account
       set totp_sealed = ${totp?.sealed ?? null}, totp_confirmed_at = ${totp?.at ?? null}, totp_last_step = ${totp?.step ?? null}
     where org_id = ${queries.org} and id = ${accountId}`);
}

/** Whether a code is the app's now. It is used up: of several at once with the same code exactly one is right. */
export async function useTotp(
  queries: TenantQueries,
  secrets: SecretBox,
  accountId: string,
  code: string,
  now: Date,
): Promise<boolean> {
  const row = await queries.first<{ totp_sealed: string | null; totp_last_step: number | null }>(sql`
    select totp_sealed, totp_last_step from portal_account where org_id = ${queries.org} and id = ${accountId}`);
  if (!row?.totp_sealed) return false;
  const step = totpStep(openTotp(secrets, queries.org, row.totp_sealed), code, row.totp_last_step ?? 0, now);
  if (step === undefined) return false;
  const used = await queries.run(sql`
    update portal_account set totp_last_step = ${step}
     where org_id = ${queries.org} and id = ${accountId} and coalesce(totp_last_step, 0) < ${step}`);
  return used === 1;
}
