import type { FastifyRequest } from 'fastify';
import { findAccountByEmail, findAccountBySrpUser, type PortalAccount } from '../accounts/account-store.ts';
import { claimedIssuer } from '../authentication/verify-jwt.ts';
import { newestChallenge } from '../challenges/challenge-store.ts';
import { asObject, type JsonObject, textOf } from '../json-reading.ts';
import { changePassword, forgotPassword, resetPassword } from '../sign-in/password-endpoints.ts';
import { revoke, userinfo } from '../sign-in/session-endpoints.ts';
import { contextOf, type SignInContext, type SignInParts, withForm } from '../sign-in/sign-in-context.ts';
import { signedInUser } from '../sign-in/signed-in-user.ts';
import { confirmTotp, setUpTotp } from '../totp/totp-endpoints.ts';
import { isUuid } from '../uuid.ts';
import { CognitoError } from './cognito-error.ts';
import { initiateAuth, respondToAuthChallenge } from './sign-in-flows.ts';

/** One operation: the answer's JSON, or a `CognitoError`, `OAuthError` or `Refusal`. */
type CognitoOperation = (parts: SignInParts, request: FastifyRequest, input: JsonObject) => Promise<unknown>;

/** The operations by name. */
export const COGNITO_OPERATIONS: ReadonlyMap<string, CognitoOperation> = new Map<string, CognitoOperation>([
  [
    'InitiateAuth',
    async (parts, request, input) => initiateAuth(await byClient(parts, request, input), input),
  ],
  [
    'RespondToAuthChallenge',
    async (parts, request, input) => respondToAuthChallenge(await byClient(parts, request, input), input),
  ],
  ['ForgotPassword', forgot],
  ['ConfirmForgotPassword', confirmForgot],
  ['ChangePassword', change],
  ['GlobalSignOut', signOut],
  ['RevokeToken', revokeToken],
  ['GetUser', getUser],
  ['AssociateSoftwareToken', associate],
  ['VerifySoftwareToken', verify],
]);

/** A public client is its portal: its id is what `cognito_details` calls `cognito_user_pool_client_id`. */
async function byClient(
  parts: SignInParts,
  request: FastifyRequest,
  input: JsonObject,
): Promise<SignInContext> {
  const context = await contextOf(parts, textOf(input['ClientId']) ?? '', request, {});
  return context;
}

/** A signed-in call: the portal is the issuer of the access token, which the endpoints behind verify. */
async function byToken(
  parts: SignInParts,
  request: FastifyRequest,
  input: JsonObject,
): Promise<{ readonly context: SignInContext; readonly caller: Pick<FastifyRequest, 'headers'> }> {
  const token = textOf(input['AccessToken']) ?? '';
  const issuer = token.split('.').length === 3 ? (claimedIssuer(token) ?? '') : '';
  const portalId = issuer.startsWith(`${parts.baseUrl}/idp/portals/`) ? (issuer.split('/').at(-1) ?? '') : '';
  if (!isUuid(portalId)) throw new CognitoError('NotAuthorizedException', 'Invalid Access Token');
  const context = await contextOf(parts, portalId, request, {});
  return { context, caller: { headers: { authorization: `Bearer ${token}` } } };
}

async function forgot(parts: SignInParts, request: FastifyRequest, input: JsonObject): Promise<unknown> {
  const context = await byClient(parts, request, input);
  const email = await addressOf(context, input['Username']);
  await forgotPassword(withForm(context, { email }));
  return {
    CodeDeliveryDetails: { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: masked(email) },
  };
}

async function confirmForgot(
  parts: SignInParts,
  request: FastifyRequest,
  input: JsonObject,
): Promise<unknown> {
  const context = await byClient(parts, request, input);
  const account = await accountNamed(context, input['Username']);
  const challenge = account && (await newestChallenge(context.tenant, account.id, 'password_reset'));
  const form = { password: input['Password'], code: input['ConfirmationCode'] };
  // Without an account the code is looked for all the same, and fits nothing.
  await resetPassword(withForm(context, { ...form, challenge_id: challenge?.id ?? 'none' }));
  return {};
}

async function change(parts: SignInParts, request: FastifyRequest, input: JsonObject): Promise<unknown> {
  const { context, caller } = await byToken(parts, request, input);
  const form = { old_password: input['PreviousPassword'], new_password: input['ProposedPassword'] };
  await changePassword(withForm(context, form), caller);
  return {};
}

async function signOut(parts: SignInParts, request: FastifyRequest, input: JsonObject): Promise<unknown> {
  const { context, caller } = await byToken(parts, request, input);
  const { portalUserId } = await signedInUser(context, caller);
  await context.accounts.endSessions(context.tenant, portalUserId, 'signed out everywhere');
  return {};
}

async function revokeToken(parts: SignInParts, request: FastifyRequest, input: JsonObject): Promise<unknown> {
  const context = await byClient(parts, request, input);
  await revoke(withForm(context, { token: input['Token'] }));
  return {};
}

async function getUser(parts: SignInParts, request: FastifyRequest, input: JsonObject): Promise<unknown> {
  const { context, caller } = await byToken(parts, request, input);
  const claims = asObject(await userinfo(context, caller));
  const attributes = Object.entries(claims).map(([Name, value]) => ({ Name, Value: String(value) }));
  return { Username: claims['sub'], UserAttributes: attributes };
}

async function associate(parts: SignInParts, request: FastifyRequest, input: JsonObject): Promise<unknown> {
  const { context, caller } = await byToken(parts, request, input);
  return { SecretCode: (await setUpTotp(context, caller)).secret };
}

async function verify(parts: SignInParts, request: FastifyRequest, input: JsonObject): Promise<unknown> {
  const { context, caller } = await byToken(parts, request, input);
  await confirmTotp(withForm(context, { code: input['UserCode'] }), caller);
  return { Status: 'SUCCESS' };
}

/** A user is named by address, or by the name that SRP gave the client. */
export async function accountNamed(
  context: SignInContext,
  username: unknown,
): Promise<PortalAccount | undefined> {
  const name = (textOf(username) ?? '').trim().toLowerCase();
  const { tenant, portal } = context;
  return isUuid(name)
    ? findAccountBySrpUser(tenant, portal.portalId, name)
    : findAccountByEmail(tenant, portal.portalId, name);
}

async function addressOf(context: SignInContext, username: unknown): Promise<string> {
  const name = (textOf(username) ?? '').trim().toLowerCase();
  if (!isUuid(name)) return name;
  return (await accountNamed(context, name))?.email ?? name;
}

function masked(email: string): string {
  const [local = '', domain = ''] = email.split('@');
  return `${local.slice(0, 1)}***@${domain.slice(0, 1)}***`;
}
