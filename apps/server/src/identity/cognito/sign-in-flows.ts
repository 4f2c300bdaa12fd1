import { asObject, type JsonObject, textOf } from '../json-reading.ts';
import type { TokenSet } from '../sessions/portal-token-issuer.ts';
import { challenges } from '../sign-in/challenges-endpoint.ts';
import { OAuthError } from '../sign-in/oauth-error.ts';
import { passwordGrant } from '../sign-in/password-grant.ts';
import {
  emailCodeGrant,
  loginAsGrant,
  magicLinkGrant,
  ssoGrant,
  totpGrant,
} from '../sign-in/proof-grants.ts';
import { type SignInContext, withForm } from '../sign-in/sign-in-context.ts';
import { token } from '../sign-in/token-endpoint.ts';
import { CognitoError, notAuthorized } from './cognito-error.ts';
import { beginSrp, finishSrp } from './srp-sign-in.ts';

/** `InitiateAuth`: SRP, a password, a refresh token, or a challenge of our own (codes, links and tickets). */
export async function initiateAuth(context: SignInContext, input: JsonObject): Promise<unknown> {
  const given = asObject(input['AuthParameters']);
  const username = textOf(given['USERNAME'])?.trim().toLowerCase();
  switch (input['AuthFlow']) {
    case 'USER_SRP_AUTH':
      return beginSrp(context, required(username, 'USERNAME'), required(given['SRP_A'], 'SRP_A'));
    case 'USER_PASSWORD_AUTH': {
      const password = required(given['PASSWORD'], 'PASSWORD');
      const form = {
        username: required(username, 'USERNAME'),
        password,
        client_id: context.settings.clientId,
      };
      return authenticated(() => passwordGrant(withForm(context, form)));
    }
    case 'REFRESH_TOKEN':
    case 'REFRESH_TOKEN_AUTH': {
      const refreshToken = required(given['REFRESH_TOKEN'], 'REFRESH_TOKEN');
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
      return authenticated(() => token(withForm(context, form)));
    }
    case 'CUSTOM_AUTH':
      return customChallenge(await customSession(context, required(username, 'USERNAME')));
    default:
      throw new CognitoError('InvalidParameterException', 'The authentication flow is not supported');
  }
}

/** `RespondToAuthChallenge`: the proof of a challenge that `InitiateAuth` set. */
export async function respondToAuthChallenge(context: SignInContext, input: JsonObject): Promise<unknown> {
  const given = asObject(input['ChallengeResponses']);
  switch (input['ChallengeName']) {
    case 'PASSWORD_VERIFIER':
      return authenticated(() => finishSrp(context, given));
    case 'SOFTWARE_TOKEN_MFA': {
      const code = required(given['SOFTWARE_TOKEN_MFA_CODE'], 'SOFTWARE_TOKEN_MFA_CODE');
      const form = { challenge_id: textOf(input['Session']) ?? '', code };
      return authenticated(() => totpGrant(withForm(context, form)));
    }
    case 'CUSTOM_CHALLENGE': {
      const answer = required(given['ANSWER'], 'ANSWER');
      const username = required(given['USERNAME'], 'USERNAME');
      return authenticated(() => proven(context, textOf(input['Session']) ?? '', username, answer));
    }
    default:
      throw new CognitoError('InvalidParameterException', 'The challenge is not supported');
  }
}

/**
 * The answer to a challenge of our own: six digits are the mailed code of the session; everything else is a link token, or the ticket of
 * `ssoLogin` or `loginToPortalAsUser`. A proof of one kind fits no other, so they are tried in turn.
 */
async function proven(
  context: SignInContext,
  session: string,
  username: string,
  answer: string,
): Promise<TokenSet> {
  if (/^\d{6}$/.test(answer))
    return emailCodeGrant(withForm(context, { challenge_id: session, code: answer }));
  const form = withForm(context, { token: answer, email: username });
  for (const grant of [ssoGrant, loginAsGrant, magicLinkGrant]) {
    try {
      return await grant(form);
    } catch (error) {
      const fitsNot =
        error instanceof OAuthError && error.code === 'invalid_grant' && !error.members['reason'];
      if (!fitsNot) throw error;
    }
  }
  throw notAuthorized();
}

/** Portals without passwords mail a code now; others wait for a ticket, and their session means nothing by itself. */
async function customSession(context: SignInContext, username: string): Promise<string> {
  if (!context.settings.passwordless) return 'ticket';
  return (await challenges(withForm(context, { username }))).challenge_id;
}

/** Tokens in Cognito's form; a second factor becomes a challenge, to be answered with the mailed code or that of the app. */
async function authenticated(signIn: () => Promise<TokenSet>): Promise<unknown> {
  try {
    const tokens = await signIn();
    return {
      ChallengeParameters: {},
      AuthenticationResult: {
        AccessToken: tokens.access_token,
        IdToken: tokens.id_token,
        ...(tokens.refresh_token ? { RefreshToken: tokens.refresh_token } : {}),
        ExpiresIn: tokens.expires_in,
        TokenType: tokens.token_type,
      },
    };
  } catch (error) {
    if (error instanceof OAuthError && error.code === 'mfa_required') {
      const session = textOf(error.members['challenge_id']) ?? '';
      return error.members['method'] === 'totp'
        ? { ChallengeName: 'SOFTWARE_TOKEN_MFA', Session: session, ChallengeParameters: {} }
        : customChallenge(session);
    }
    throw error;
  }
}

function customChallenge(session: string): unknown {
  return {
    ChallengeName: 'CUSTOM_CHALLENGE',
    Session: session,
    ChallengeParameters: { medium: 'EMAIL' },
  };
}

function required(value: unknown, name: string): string {
  const text = textOf(value);
  if (text === undefined)
    throw new CognitoError('InvalidParameterException', `Missing required parameter ${name}`);
  return text;
}
