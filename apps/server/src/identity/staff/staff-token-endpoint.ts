import { createHash, timingSafeEqual } from 'node:crypto';
import { writeAudit } from '../audit/audit.ts';
import { countAttempt, uncountAttempt } from '../rate-limits/rate-window.ts';
import { SURFACE_LIMITS } from '../rate-limits/surface-limits.ts';
import { grantField } from '../sign-in/form-fields.ts';
import { invalidGrant, OAuthError } from '../sign-in/oauth-error.ts';
import { redeemStaffCode } from './staff-session-store.ts';
import { STAFF_CLIENT, STAFF_SURFACE, type StaffTokens, splitCredential } from './staff-sessions.ts';
import type { StaffRequest, StaffSignIn } from './staff-sign-in.ts';
import { INSTALLATION } from './staff-users.ts';

type Grant = (signIn: StaffSignIn, request: StaffRequest) => Promise<StaffTokens>;

const GRANTS: ReadonlyMap<string, Grant> = new Map([
  ['authorization_code', codeGrant],
  ['refresh_token', refreshGrant],
  ['password', passwordGrant],
]);

/** The grants that an installation answers: passwords only where no provider knows the staff. */
export function supportedGrants({ provider }: StaffSignIn): string[] {
  return provider ? ['authorization_code', 'refresh_token'] : ['password', 'refresh_token'];
}

/** The RFC 6749 token endpoint of staff (identity §2.2). Throws `OAuthError`, or 429 when something was tried too often. */
export function staffToken(signIn: StaffSignIn, request: StaffRequest): Promise<StaffTokens> {
  const type = grantField(request.fields, 'grant_type');
  const grant = GRANTS.get(type);
  if (!grant) throw new OAuthError('unsupported_grant_type', 'This grant is not supported');
  if (!supportedGrants(signIn).includes(type))
    throw new OAuthError('unauthorized_client', 'This installation signs its staff in otherwise');
  return grant(signIn, request);
}

/** Ends the session of a refresh token; tokens nobody knows are no error (RFC 7009 §2.2). */
export async function revokeStaff(
  { sessions, verifier }: StaffSignIn,
  { fields }: StaffRequest,
): Promise<Record<string, never>> {
  const ended = await sessions.end(grantField(fields, 'token'));
  if (ended) verifier.forgetSession(ended);
  return {};
}

async function codeGrant(signIn: StaffSignIn, { fields, origin }: StaffRequest): Promise<StaffTokens> {
  const credential = splitCredential(grantField(fields, 'code'));
  const verifier = grantField(fields, 'code_verifier');
  const redirectUri = grantField(fields, 'redirect_uri');
  const clientId = clientOf(fields);
  if (!credential) throw invalidGrant();
  const tenant = signIn.database.tenant(credential.org);
  const code = await redeemStaffCode(tenant, credential.secret, signIn.clock.now());
  const isTheirs =
    code?.redirectUri === redirectUri && code.clientId === clientId && fits(code.codeChallenge, verifier);
  if (!code || !isTheirs) throw invalidGrant();
  const tokens = await signIn.sessions.open(tenant, code.userId, clientId, origin);
  if (!tokens) throw invalidGrant();
  return tokens;
}

async function refreshGrant({ sessions }: StaffSignIn, { fields }: StaffRequest): Promise<StaffTokens> {
  const tokens = await sessions.refresh(grantField(fields, 'refresh_token'), clientOf(fields));
  if (!tokens) throw invalidGrant();
  return tokens;
}

async function passwordGrant(signIn: StaffSignIn, request: StaffRequest): Promise<StaffTokens> {
  const { fields, client, origin } = request;
  const email = grantField(fields, 'username');
  const password = grantField(fields, 'password');
  const counters = signIn.database.tenant(INSTALLATION);
  const subject = `${STAFF_SURFACE} ${client}`;
  const now = signIn.clock.now();
  await countAttempt(counters, SURFACE_LIMITS.passwordPerIp, subject, now);
  const user = await signIn.users.byPassword(email, password, client);
  const tokens = user && (await signIn.sessions.open(user.tenant, user.id, clientOf(fields), origin));
  if (!tokens) {
    // Whoever was meant is not told: nobody has proved to be anybody.
    const failed = {
      actor: 'unknown',
      action: 'staff:sign-in',
      resource: 'user',
      result: 'failure',
    } as const;
    await writeAudit(user?.tenant ?? counters, now, { ...failed, ...origin });
    throw invalidGrant();
  }
  await uncountAttempt(counters, SURFACE_LIMITS.passwordPerIp, subject);
  return tokens;
}

function clientOf(fields: ReadonlyMap<string, string>): string {
  return fields.has('client_id') ? grantField(fields, 'client_id') : STAFF_CLIENT;
}

/** Whether a verifier is the one whose SHA-256 the client announced (RFC 7636 §4.6). */
function fits(challenge: string, verifier: string): boolean {
  const shown = createHash('sha256').update(verifier).digest();
  const announced = Buffer.from(challenge, 'base64url');
  return announced.length === shown.length && timingSafeEqual(announced, shown);
}
