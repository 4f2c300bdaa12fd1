import { createHash, randomBytes, randomInt, randomUUID, timingSafeEqual } from 'node:crypto';
import { json, type Queries, sql, type TenantQueries } from '../../storage/index.ts';
import { asObject, type JsonObject } from '../json-reading.ts';
import { isUuid } from '../uuid.ts';

/** What a proof is good for. It is part of every hash, so that a proof of one purpose fits nowhere else. */
export type ChallengePurpose =
  | 'sign_in'
  | 'second_factor'
  | 'password_reset'
  | 'email_change'
  | 'confirmation'
  | 'login_as'
  | 'sso'
  | 'srp'
  | 'totp'
  | 'totp_setup';

/** A proof that was shown and fitted; it is used up. */
export interface Challenge {
  readonly id: string;
  readonly org: string;
  readonly portalId: string;
  readonly accountId: string;
  readonly detail: JsonObject;
}

interface NewChallenge {
  readonly portalId: string;
  readonly purpose: ChallengePurpose;
  /** Undefined for addresses without an account: the challenge looks real and nothing fits it. */
  readonly accountId: string | undefined;
  /** Minutes a six-digit code is good for; no code when undefined. */
  readonly codeMinutes?: number;
  /** Minutes a link token is good for; no link when undefined. */
  readonly linkMinutes?: number;
  readonly detail?: JsonObject;
}

export interface IssuedChallenge {
  readonly id: string;
  /** Six digits, or empty. */
  readonly code: string;
  /** 256 bit, or empty. */
  readonly link: string;
}

interface ChallengeRow {
  readonly org_id: string;
  readonly id: string;
  readonly portal_id: string;
  readonly account_id: string | null;
  readonly code_hash: string | null;
  readonly detail: unknown;
}

const COLUMNS = sql`org_id, id, portal_id, account_id, code_hash, detail`;
/** Wrong codes per challenge (portal §1.5). */
const MOST_TRIES = 5;
/** Purposes of which only the newest mail counts (portal §4.4). */
const REPLACED_BY_RESEND: ReadonlySet<ChallengePurpose> = new Set(['confirmation', 'email_change']);

/** Makes a challenge; the answer holds its secrets, the database their hashes. */
export async function issueChallenge(
  queries: TenantQueries,
  challenge: NewChallenge,
  now: Date,
): Promise<IssuedChallenge> {
  const { purpose, portalId, codeMinutes, linkMinutes } = challenge;
  if (challenge.accountId && REPLACED_BY_RESEND.has(purpose)) {
    await queries.run(sql`
      delete from portal_challenge where org_id = ${queries.org} and account_id = ${challenge.accountId}
         and purpose = ${purpose} and used_at is null`);
  }
  const id = randomUUID();
  const code = codeMinutes === undefined ? '' : String(randomInt(1_000_000)).padStart(6, '0');
  const link = linkMinutes === undefined ? '' : randomBytes(32).toString('base64url');
  await queries.run(sql`
    insert into portal_challenge
      (org_id, id, portal_id, purpose, account_id, code_hash, code_expires_at, link_hash, link_expires_at, detail, created_at)
    values (${queries.org}, ${id}, ${portalId}, ${purpose}, ${challenge.accountId ?? null},
            ${code === '' ? null : codeHash(purpose, id, code)}, ${minutesAfter(now, codeMinutes)},
            ${link === '' ? null : linkHash(purpose, link)}, ${minutesAfter(now, linkMinutes)},
            ${json(challenge.detail ?? {})}::jsonb, ${now})`);
  return { id, code, link };
}

/** A challenge as somebody shows it. */
interface ShownChallenge {
  readonly portalId: string;
  readonly purpose: ChallengePurpose;
  readonly id: string;
}

/** Uses up a challenge by its code; undefined when nothing fits. The try counts before the code is looked at. */
export async function redeemCode(
  queries: TenantQueries,
  shown: ShownChallenge & { readonly code: string },
  now: Date,
): Promise<Challenge | undefined> {
  const row = await countTry(queries, shown, now);
  if (!row?.code_hash || !sameText(row.code_hash, codeHash(shown.purpose, shown.id, shown.code)))
    return undefined;
  return (await useUp(queries, row.id, now)) ? fromRow(row) : undefined;
}

/** Like {@link redeemCode}, for proofs that are not codes of ours: `fits` says whether the account's proof is right. */
export async function redeemProof(
  queries: TenantQueries,
  shown: ShownChallenge,
  fits: (accountId: string) => Promise<boolean>,
  now: Date,
): Promise<Challenge | undefined> {
  const row = await countTry(queries, shown, now);
  if (!row?.account_id || !(await fits(row.account_id))) return undefined;
  return (await useUp(queries, row.id, now)) ? fromRow(row) : undefined;
}

async function countTry(
  queries: TenantQueries,
  shown: ShownChallenge,
  now: Date,
): Promise<ChallengeRow | undefined> {
  if (!isUuid(shown.id)) return undefined;
  return queries.first<ChallengeRow>(sql`
    update portal_challenge set tries = tries + 1
     where org_id = ${queries.org} and id = ${shown.id} and portal_id = ${shown.portalId} and purpose = ${shown.purpose}
       and used_at is null and tries < ${MOST_TRIES} and code_expires_at > ${now} returning ${COLUMNS}`);
}

async function useUp(queries: TenantQueries, id: string, now: Date): Promise<boolean> {
  const used = await queries.run(sql`
    update portal_challenge set used_at = ${now} where org_id = ${queries.org} and id = ${id} and used_at is null`);
  return used === 1;
}

/** Uses up a challenge by its link token; undefined when nothing fits. */
export async function redeemLink(
  queries: TenantQueries,
  shown: { readonly portalId: string; readonly purpose: ChallengePurpose; readonly token: string },
  now: Date,
): Promise<Challenge | undefined> {
  const row = await queries.first<ChallengeRow>(sql`
    update portal_challenge set used_at = ${now}
     where org_id = ${queries.org} and link_hash = ${linkHash(shown.purpose, shown.token)} and portal_id = ${shown.portalId}
       and purpose = ${shown.purpose} and used_at is null and link_expires_at > ${now} returning ${COLUMNS}`);
  return row && fromRow(row);
}

/** Uses up the newest link of an account without its token, for older links that name the account; false when none is open. */
export async function redeemNewestLink(
  queries: TenantQueries,
  accountId: string,
  purpose: ChallengePurpose,
  now: Date,
): Promise<boolean> {
  const used = await queries.run(sql`
    update portal_challenge set used_at = ${now}
     where org_id = ${queries.org} and used_at is null and link_expires_at > ${now}
       and id = (select id from portal_challenge
                  where org_id = ${queries.org} and account_id = ${accountId} and purpose = ${purpose} and used_at is null
                  order by created_at desc, id limit 1)`);
  return used === 1;
}

/** A link's challenge before its organisation is known, used or not; for confirmation links, which carry nothing but the token. */
export async function findByLink(
  queries: Queries,
  purpose: ChallengePurpose,
  token: string,
  now: Date,
): Promise<(Challenge & { readonly isUsed: boolean }) | undefined> {
  const row = await queries.first<ChallengeRow & { used: boolean }>(sql`
    select ${COLUMNS}, used_at is not null as used from portal_challenge
     where link_hash = ${linkHash(purpose, token)} and purpose = ${purpose} and (used_at is not null or link_expires_at > ${now})`);
  const challenge = row && fromRow(row);
  return challenge && { ...challenge, isUsed: row.used };
}

/** The account of an unused challenge, to send its code again. */
export async function accountOfChallenge(
  queries: TenantQueries,
  portalId: string,
  purpose: ChallengePurpose,
  id: string,
): Promise<string | undefined> {
  if (!isUuid(id)) return undefined;
  const row = await queries.first<{ account_id: string | null }>(sql`
    select account_id from portal_challenge
     where org_id = ${queries.org} and id = ${id} and portal_id = ${portalId} and purpose = ${purpose} and used_at is null`);
  return row?.account_id ?? undefined;
}

/** The newest unused challenge of an account, for clients that name the account instead of the challenge. */
export async function newestChallenge(
  queries: TenantQueries,
  accountId: string,
  purpose: ChallengePurpose,
): Promise<{ readonly id: string; readonly detail: JsonObject; readonly createdAt: Date } | undefined> {
  const row = await queries.first<{ id: string; detail: unknown; created_at: Date }>(sql`
    select id, detail, created_at from portal_challenge
     where org_id = ${queries.org} and account_id = ${accountId} and purpose = ${purpose} and used_at is null
     order by created_at desc, id limit 1`);
  return row && { id: row.id, detail: asObject(row.detail), createdAt: row.created_at };
}

/** Voids every open proof of an account, after its password or address changed. */
export async function voidChallenges(queries: TenantQueries, accountId: string): Promise<void> {
  await queries.run(sql`
    delete from portal_challenge where org_id = ${queries.org} and account_id = ${accountId} and used_at is null`);
}

/** Voids every proof that belongs to a portal, when the portal goes. */
export async function removeChallengesOfPortal(queries: TenantQueries, portalId: string): Promise<void> {
  await queries.run(
    sql`delete from portal_challenge where org_id = ${queries.org} and portal_id = ${portalId}`,
  );
}

function fromRow(row: ChallengeRow): Challenge | undefined {
  if (row.account_id === null) return undefined;
  const { org_id: org, id, portal_id: portalId, account_id: accountId } = row;
  return { id, org, portalId, accountId, detail: asObject(row.detail) };
}

function minutesAfter(now: Date, minutes: number | undefined): Date | null {
  return minutes === undefined ? null : new Date(now.getTime() + minutes * 60_000);
}

function codeHash(purpose: ChallengePurpose, id: string, code: string): string {
  return createHash('sha256').update(`code\n${purpose}\n${id}\n${code}`).digest('base64url');
}

function linkHash(purpose: ChallengePurpose, token: string): string {
  return createHash('sha256').update(`link\n${purpose}\n${token}`).digest('base64url');
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
