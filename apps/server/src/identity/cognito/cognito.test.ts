import {
  AuthenticationDetails,
  CognitoRefreshToken,
  CognitoUser,
  CognitoUserPool,
  type CognitoUserSession,
} from 'amazon-cognito-identity-js';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPortal, addPortalUser, type TestIdentity, testIdentity } from '../../testing/test-identity.ts';
import { newestMail, passwordGrant } from '../../testing/test-sign-in.ts';
import { poolIdOf } from './verifier-store.ts';

let setup: TestIdentity;
let endpoint: string;

beforeAll(async () => {
  setup = await testIdentity();
  endpoint = `${await setup.app.listen({ host: '127.0.0.1', port: 0 })}/idp/cognito`;
});

afterAll(() => setup.app.close());

/** Tokens the client library keeps. */
function memory() {
  const kept = new Map<string, string>();
  return {
    setItem: (name: string, value: string) => kept.set(name, value),
    getItem: (name: string) => kept.get(name) ?? null,
    removeItem: (name: string) => kept.delete(name),
    clear: () => kept.clear(),
  };
}

/** The published client, pointed here. */
function clientOf(portalId: string, username: string): CognitoUser {
  const Storage = memory();
  const pool = new CognitoUserPool({ UserPoolId: poolIdOf(portalId), ClientId: portalId, endpoint, Storage });
  return new CognitoUser({ Username: username, Pool: pool, Storage });
}

interface Outcome {
  readonly session?: CognitoUserSession;
  readonly challenge?: string;
  readonly error?: string;
}

function signIn(user: CognitoUser, Password: string, flow = 'USER_SRP_AUTH'): Promise<Outcome> {
  user.setAuthenticationFlowType(flow);
  const details = new AuthenticationDetails({ Username: user.getUsername(), Password });
  return new Promise((resolve) => {
    user.authenticateUser(details, {
      onSuccess: (session) => resolve({ session }),
      onFailure: (error: { code: string }) => resolve({ error: error.code }),
      customChallenge: () => resolve({ challenge: 'CUSTOM_CHALLENGE' }),
    });
  });
}

function answer(user: CognitoUser, text: string): Promise<Outcome> {
  return new Promise((resolve) => {
    user.sendCustomChallengeAnswer(text, {
      onSuccess: (session) => resolve({ session }),
      onFailure: (error: { code: string }) => resolve({ error: error.code }),
    });
  });
}

const member = async (config: Record<string, unknown> = {}) => {
  const { portalId } = await addPortal(setup, { config });
  return { portalId, ...(await addPortalUser(setup, portalId)) };
};

const raw = async (operation: string, body: object) => {
  const reply = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(body),
  });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
};

describe('the published Cognito client', () => {
  it('signs in by SRP, without the password ever being sent', async () => {
    const { portalId, email, password, portalUserId } = await member();
    const { session, error } = await signIn(clientOf(portalId, email), password);
    expect(error).toBeUndefined();
    expect(session?.getIdToken().payload).toMatchObject({
      email,
      'custom:portal_user_id': portalUserId,
      'cognito:username': email,
    });
  });

  it('signs in for many passwords and salts', async () => {
    const { portalId } = await addPortal(setup);
    for (let round = 0; round < 6; round += 1) {
      const { email, password } = await addPortalUser(setup, portalId);
      expect((await signIn(clientOf(portalId, email), password)).error).toBeUndefined();
    }
  });

  it('signs in with a plain password, and with a refresh token that rotates', async () => {
    const { portalId, email, password } = await member();
    const user = clientOf(portalId, email);
    const { session } = await signIn(user, password, 'USER_PASSWORD_AUTH');
    const first = session?.getRefreshToken().getToken() ?? '';
    const refresh = (RefreshToken: string) =>
      new Promise<Outcome>((resolve) => {
        user.refreshSession(
          new CognitoRefreshToken({ RefreshToken }),
          (error: { code: string } | null, next) =>
            resolve(error ? { error: error.code } : { session: next }),
        );
      });
    const next = await refresh(first);
    expect(next.session?.getRefreshToken().getToken()).not.toBe(first);
    // The client would try again for a while, hence without it: showing the old token ends the whole session.
    for (const REFRESH_TOKEN of [first, next.session?.getRefreshToken().getToken()]) {
      const again = { AuthFlow: 'REFRESH_TOKEN_AUTH', ClientId: portalId, AuthParameters: { REFRESH_TOKEN } };
      expect((await raw('InitiateAuth', again)).body['__type']).toBe('NotAuthorizedException');
    }
  });

  it('answers a code by mail as the second factor, after SRP as after a password', async () => {
    for (const flow of ['USER_SRP_AUTH', 'USER_PASSWORD_AUTH']) {
      const { portalId, email, password } = await member({ advanced_mfa: { enabled: true } });
      const user = clientOf(portalId, email);
      expect((await signIn(user, password, flow)).challenge).toBe('CUSTOM_CHALLENGE');
      const { code } = await newestMail(setup);
      expect((await answer(user, code)).session).toBeDefined();
    }
  });

  it('signs in by code or link where the portal has no passwords, and by the ticket of an administrator', async () => {
    const { portalId, email, portalUserId } = await member({
      auth_settings: { passwordless_login: { enabled: true } },
    });
    const begin = (user: CognitoUser) =>
      new Promise<Outcome>((resolve) => {
        user.setAuthenticationFlowType('CUSTOM_AUTH');
        user.initiateAuth(new AuthenticationDetails({ Username: email }), {
          onSuccess: (session) => resolve({ session }),
          onFailure: (error: { code: string }) => resolve({ error: error.code }),
          customChallenge: () => resolve({ challenge: 'CUSTOM_CHALLENGE' }),
        });
      });
    const byCode = clientOf(portalId, email);
    expect((await begin(byCode)).challenge).toBe('CUSTOM_CHALLENGE');
    expect((await answer(byCode, (await newestMail(setup)).code)).session).toBeDefined();
    const byLink = clientOf(portalId, email);
    await begin(byLink);
    expect((await answer(byLink, (await newestMail(setup)).link)).session).toBeDefined();
    const byTicket = clientOf(portalId, email);
    await begin(byTicket);
    const subject = { portalId, portalUserId, email };
    const ticket = await setup.identity.accounts.issueSsoTicket(setup.database.tenant(setup.org), subject);
    expect((await answer(byTicket, ticket)).session).toBeDefined();
    expect((await answer(byTicket, ticket)).error).toBe('NotAuthorizedException');
    expect((await signIn(clientOf(portalId, email), 'whatever')).error).toBe('InvalidParameterException');
  });

  it('sets up an authenticator app and asks for its code from then on', async () => {
    const { portalId, email, password } = await member({ advanced_mfa: { enabled: true } });
    const user = clientOf(portalId, email);
    await signIn(user, password);
    await answer(user, (await newestMail(setup)).code);
    const secret = await new Promise<string>((resolve, reject) =>
      user.associateSoftwareToken({ associateSecretCode: resolve, onFailure: reject }),
    );
    const code = () =>
      generateSync({ strategy: 'totp', secret, epoch: Math.floor(setup.clock.now().getTime() / 1000) });
    await new Promise((resolve, reject) =>
      user.verifySoftwareToken(code(), 'Telefon', { onSuccess: resolve, onFailure: reject }),
    );
    setup.clock.advance(30_000);
    const again = clientOf(portalId, email);
    const asked = await new Promise<string>((resolve, reject) =>
      again.authenticateUser(new AuthenticationDetails({ Username: email, Password: password }), {
        onSuccess: () => resolve('signed in'),
        onFailure: reject,
        totpRequired: (name: string) => resolve(name),
      }),
    );
    expect(asked).toBe('SOFTWARE_TOKEN_MFA');
    const proved = await new Promise<Outcome>((resolve) =>
      again.sendMFACode(
        code(),
        {
          onSuccess: (session) => resolve({ session }),
          onFailure: (error: { code: string }) => resolve({ error: error.code }),
        },
        'SOFTWARE_TOKEN_MFA',
      ),
    );
    expect(proved.session).toBeDefined();
  });

  it('resets and changes the password, and signs out everywhere', async () => {
    const { portalId, email, password } = await member();
    const user = clientOf(portalId, email);
    await new Promise<void>((resolve, reject) =>
      user.forgotPassword({
        onSuccess: () => resolve(),
        onFailure: reject,
        inputVerificationCode: () => resolve(),
      }),
    );
    const { code } = await newestMail(setup);
    const confirm = (shown: string, next: string) =>
      new Promise<string>((resolve) =>
        user.confirmPassword(shown, next, {
          onSuccess: () => resolve('done'),
          onFailure: (error) => resolve('code' in error ? String(error.code) : error.name),
        }),
      );
    expect(await confirm(code, 'weak')).toBe('InvalidPasswordException');
    expect(await confirm(code === '111111' ? '222222' : '111111', 'Neues-Passwort-1')).toBe(
      'CodeMismatchException',
    );
    expect(await confirm(code, 'Neues-Passwort-1')).toBe('done');
    expect((await signIn(clientOf(portalId, email), password)).error).toBe('NotAuthorizedException');

    const again = clientOf(portalId, email);
    const { session } = await signIn(again, 'Neues-Passwort-1');
    const change = (old: string, next: string) =>
      new Promise<string>((resolve) =>
        again.changePassword(old, next, (error) => resolve(error ? error.name : 'done')),
      );
    expect(await change('falsch', 'Neues-Passwort-2')).toBe('NotAuthorizedException');
    expect(await change('Neues-Passwort-1', 'Neues-Passwort-2')).toBe('done');
    const token = session?.getAccessToken().getJwtToken() ?? '';
    expect((await raw('GetUser', { AccessToken: token })).body['UserAttributes']).toContainEqual({
      Name: 'email',
      Value: email,
    });
    expect((await raw('GlobalSignOut', { AccessToken: token })).status).toBe(200);
    expect((await raw('GetUser', { AccessToken: token })).body['__type']).toBe('NotAuthorizedException');
    expect((await signIn(clientOf(portalId, email), 'Neues-Passwort-2')).session).toBeDefined();
  });
});

describe('attacks on the Cognito endpoint', () => {
  it('get one answer for wrong passwords, unknown addresses and accounts without a password', async () => {
    const { portalId, email } = await member();
    const bare = await addPortalUser(setup, portalId, {}, { withCredential: false });
    for (const username of [email, 'nobody@example.org', bare.email]) {
      expect((await signIn(clientOf(portalId, username), 'Falsch-12345')).error).toBe(
        'NotAuthorizedException',
      );
    }
    const begin = async (USERNAME: string) => {
      const { body } = await raw('InitiateAuth', {
        AuthFlow: 'USER_SRP_AUTH',
        ClientId: portalId,
        AuthParameters: { USERNAME, SRP_A: 'ab'.repeat(300) },
      });
      return body['ChallengeParameters'] as Record<string, string>;
    };
    const [known, unknown, later] = [
      await begin(email),
      await begin('nobody@example.org'),
      await begin('nobody@example.org'),
    ];
    expect(Object.keys(unknown)).toEqual(Object.keys(known));
    expect([later['SALT'], later['USER_ID_FOR_SRP']]).toEqual([unknown['SALT'], unknown['USER_ID_FOR_SRP']]);
    expect(unknown['USER_ID_FOR_SRP']).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('are locked out of the account after five guesses, for every way in', async () => {
    const { portalId, email, password } = await member();
    for (let guess = 0; guess < 5; guess += 1) {
      expect((await signIn(clientOf(portalId, email), `Falsch-${guess}`)).error).toBe(
        'NotAuthorizedException',
      );
    }
    expect((await signIn(clientOf(portalId, email), password)).error).toBe('NotAuthorizedException');
    expect((await passwordGrant(setup, portalId, email, password)).status).toBe(400);
  });

  it('cannot make the shared secret known by choosing SRP_A', async () => {
    const { portalId, email } = await member();
    for (const SRP_A of ['0', '00', 'zz', '']) {
      const parameters = {
        AuthFlow: 'USER_SRP_AUTH',
        ClientId: portalId,
        AuthParameters: { USERNAME: email, SRP_A },
      };
      expect((await raw('InitiateAuth', parameters)).body['__type']).toBe('InvalidParameterException');
    }
  });

  it('cannot use an exchange twice, nor at another portal', async () => {
    const { portalId, email, password } = await member();
    const original = globalThis.fetch;
    let sent = '';
    globalThis.fetch = (url, init) => {
      if (String(init?.body).includes('PASSWORD_VERIFIER')) sent = String(init?.body);
      return original(url, init);
    };
    try {
      expect((await signIn(clientOf(portalId, email), password)).session).toBeDefined();
    } finally {
      globalThis.fetch = original;
    }
    const replayed = JSON.parse(sent) as Record<string, unknown>;
    expect((await raw('RespondToAuthChallenge', replayed)).body['__type']).toBe('NotAuthorizedException');
    const other = await addPortal(setup);
    expect(
      (await raw('RespondToAuthChallenge', { ...replayed, ClientId: other.portalId })).body['__type'],
    ).toBe('NotAuthorizedException');
  });

  it('are told what is wrong with malformed calls, and nothing else', async () => {
    const { portalId } = await member();
    expect((await raw('DeleteUserPool', {})).body['__type']).toBe('UnknownOperationException');
    expect((await raw('InitiateAuth', { ClientId: 'unknown', AuthFlow: 'X' })).body['__type']).toBe(
      'ResourceNotFoundException',
    );
    expect(
      (await raw('InitiateAuth', { ClientId: portalId, AuthFlow: 'ADMIN_NO_SRP_AUTH' })).body['__type'],
    ).toBe('InvalidParameterException');
    expect((await raw('GetUser', { AccessToken: 'a.b.c' })).body['__type']).toBe('NotAuthorizedException');
  });
});
