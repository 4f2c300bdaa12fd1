import { createHash, randomBytes } from 'node:crypto';
import type { OpenIdProvider } from '../../openid/index.ts';
import { SecretError } from '../../ports/index.ts';
import { Refusal } from '../../refusal.ts';
import { textOf } from '../json-reading.ts';
import { grantField } from '../sign-in/form-fields.ts';
import { OAuthError } from '../sign-in/oauth-error.ts';
import { issueStaffCode } from './staff-session-store.ts';
import { joinCredential, STAFF_CLIENT, staffIssuer } from './staff-sessions.ts';
import type { StaffRequest, StaffSignIn } from './staff-sign-in.ts';
import { type FoundStaff, INSTALLATION } from './staff-users.ts';

/** From leaving for the provider to coming back. */
const UNDERWAY_MS = 10 * 60_000;
/** From the browser to the token endpoint. */
const CODE_MS = 60_000;
const SEAL = { org: INSTALLATION, purpose: 'staff-sign-in' };
const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?(?:\/|$)/;

/** What travels to the provider and back as its `state`, sealed: nothing of it is kept here. */
interface Underway {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly state: string | undefined;
  readonly nonce: string;
  /** Of our own exchange with the provider (RFC 7636). */
  readonly verifier: string;
  /** Milliseconds since the epoch (UTC). */
  readonly until: number;
}

/** Where a browser that wants to sign in is sent: to the provider. Throws `OAuthError` where there is nobody to answer to. */
export async function authorize(signIn: StaffSignIn, { fields }: StaffRequest): Promise<string> {
  const provider = providerOf(signIn);
  const redirectUri = grantField(fields, 'redirect_uri');
  if (!isAllowed(redirectUri, signIn.redirectUris))
    throw new OAuthError('invalid_request', 'redirect_uri is not one that this installation allows');
  if (fields.get('response_type') !== 'code')
    throw new OAuthError('invalid_request', 'response_type must be code');
  const codeChallenge = grantField(fields, 'code_challenge');
  if (fields.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(codeChallenge))
    throw new OAuthError('invalid_request', 'code_challenge must be of the method S256');
  const underway: Underway = {
    clientId: fields.get('client_id') ?? STAFF_CLIENT,
    redirectUri,
    codeChallenge,
    state: fields.get('state'),
    nonce: randomBytes(16).toString('base64url'),
    verifier: randomBytes(32).toString('base64url'),
    until: signIn.clock.now().getTime() + UNDERWAY_MS,
  };
  const hint = fields.get('login_hint');
  return signIn.connections.authorizationUrl(provider, {
    response_type: 'code',
    client_id: provider.clientIds[0] ?? '',
    redirect_uri: callbackUri(signIn),
    scope: 'openid email',
    code_challenge: createHash('sha256').update(underway.verifier).digest('base64url'),
    code_challenge_method: 'S256',
    nonce: underway.nonce,
    state: signIn.secrets.seal(JSON.stringify(underway), SEAL),
    ...(hint ? { login_hint: hint } : {}),
  });
}

/** Where a browser that comes back from the provider is sent: to the client, with a code or with `access_denied`. */
export async function takeBack(signIn: StaffSignIn, { fields }: StaffRequest): Promise<string> {
  const provider = providerOf(signIn);
  const underway = opened(signIn, grantField(fields, 'state'));
  const answer = new URL(underway.redirectUri);
  answer.searchParams.set('iss', staffIssuer(signIn.baseUrl));
  if (underway.state !== undefined) answer.searchParams.set('state', underway.state);
  const user = fields.has('error') ? undefined : await whoCame(signIn, provider, underway, fields);
  if (!user) {
    answer.searchParams.set('error', 'access_denied');
    return answer.href;
  }
  const { clientId, redirectUri, codeChallenge } = underway;
  const code = { userId: user.id, clientId, redirectUri, codeChallenge };
  const expiresAt = new Date(signIn.clock.now().getTime() + CODE_MS);
  const secret = await issueStaffCode(user.tenant, code, expiresAt);
  answer.searchParams.set('code', joinCredential(user.tenant.org, secret));
  return answer.href;
}

/** The active user whose address the provider vouches for. */
async function whoCame(
  signIn: StaffSignIn,
  provider: OpenIdProvider,
  underway: Underway,
  fields: ReadonlyMap<string, string>,
): Promise<FoundStaff | undefined> {
  const tokens = await signIn.connections.exchangeCode(provider, {
    code: grantField(fields, 'code'),
    verifier: underway.verifier,
    redirectUri: callbackUri(signIn),
    clientId: provider.clientIds[0] ?? '',
  });
  const claims = await signIn.connections.verifyIdToken(provider, tokens.id_token ?? '');
  if (claims['nonce'] !== underway.nonce) throw notUnderway();
  const email = textOf(claims['email']);
  // A provider that says nothing about it is trusted with its own people; one that says no is believed.
  if (!email || claims['email_verified'] === false) return undefined;
  const user = await signIn.users.byEmail(email);
  return user?.status === 'Active' ? user : undefined;
}

function opened({ secrets, clock }: StaffSignIn, sealed: string): Underway {
  try {
    const underway: Underway = JSON.parse(secrets.open(sealed, SEAL));
    if (underway.until > clock.now().getTime()) return underway;
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
  }
  throw notUnderway();
}

function notUnderway(): Refusal {
  return new Refusal(400, 'SIGN_IN_EXPIRED', 'This sign-in has expired or did not begin here');
}

function providerOf({ provider }: StaffSignIn): OpenIdProvider {
  if (provider) return provider;
  throw new OAuthError('unauthorized_client', 'This installation has no OpenID provider for its staff');
}

function callbackUri({ baseUrl }: StaffSignIn): string {
  return `${staffIssuer(baseUrl)}/oauth2/callback`;
}

/** Exactly one of the installation's, or any port of the user's own machine (RFC 8252 §7.3): what is sent there is of no use without the verifier. */
function isAllowed(uri: string, allowed: readonly string[]): boolean {
  if (!URL.canParse(uri) || uri.includes('#')) return false;
  return allowed.includes(uri) || LOOPBACK.test(uri);
}
