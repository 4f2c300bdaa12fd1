import { describe, expect, it } from 'vitest';
import { type PortalFixture, portalFixture, signInWithPassword } from '../../users/testing/portal-fixture.ts';

const EMAIL = 'wiebke@post.example';
const NEW = 'Neues-Passwort-1!';
const KEPT = { status: 409, body: { reason: 'PASSWORD_KEPT_ELSEWHERE' } };

/** Has an app installed and its `changePassword` hook chosen; nobody is asked in these tests. */
async function handPasswordsOver({ server, admin, portalId }: PortalFixture, status = 'enabled') {
  const hook = { id: 'change', type: 'changePassword', call: { url: 'https://sso.example/password' } };
  await server.request('PUT', '/ext/v1/apps/sso/extensions', {
    token: admin,
    body: { extensions: [{ id: 'sso', name: { en: 'SSO' }, hooks: [hook] }] },
  });
  const saved = await server.request('PUT', `/v3/portal/config/${portalId}`, {
    token: admin,
    body: {
      extensions: [{ id: 'sso', status }],
      extension_hooks: { changePassword: { app_id: 'sso', extension_id: 'sso', hook_id: 'change' } },
    },
  });
  expect(saved.status).toBe(200);
}

/** A call of Cognito's API, answered with its error name or `done`. */
async function cognito({ server }: PortalFixture, operation: string, body: object) {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
  };
  const answer = await server.request('POST', '/idp/cognito', { headers, body });
  return answer.status === 200 ? 'done' : String(answer.body['__type']);
}

describe('where an app has taken over the change of passwords', () => {
  it('none is set here, signed in or with a mailed code', async () => {
    const portal = await portalFixture();
    const token = await portal.member(EMAIL);
    const forgot = await portal.signIn('/password/forgot', { email: EMAIL });
    const [code] = /\b\d{6}\b/.exec((await portal.mailTo(EMAIL)).text) ?? [];
    const mails = await portal.mailsTo(EMAIL);
    await handPasswordsOver(portal);

    const change = { old_password: portal.password, new_password: NEW };
    expect(await portal.signIn('/password/change', change, token)).toMatchObject(KEPT);
    expect(await portal.signIn('/password/forgot', { email: EMAIL })).toMatchObject(KEPT);
    expect(await portal.signIn('/password/forgot', { email: 'nobody@post.example' })).toMatchObject(KEPT);
    const proof = { challenge_id: String(forgot.body['challenge_id']), code: String(code), password: NEW };
    expect(await portal.signIn('/password/reset', proof)).toMatchObject(KEPT);

    const ClientId = portal.portalId;
    const changed = { AccessToken: token, PreviousPassword: portal.password, ProposedPassword: NEW };
    const confirmed = { ClientId, Username: EMAIL, ConfirmationCode: code, Password: NEW };
    expect(await cognito(portal, 'ChangePassword', changed)).toBe('NotAuthorizedException');
    expect(await cognito(portal, 'ForgotPassword', { ClientId, Username: EMAIL })).toBe(
      'NotAuthorizedException',
    );
    expect(await cognito(portal, 'ConfirmForgotPassword', confirmed)).toBe('NotAuthorizedException');

    expect(await portal.mailsTo(EMAIL)).toBe(mails);
    await signInWithPassword(portal, EMAIL);
    expect((await portal.server.request('GET', '/v2/portal/user', { token })).status).toBe(200);
  });

  it('a new address is proved without a password, and the old password stays', async () => {
    const portal = await portalFixture();
    const token = await portal.member(EMAIL);
    await handPasswordsOver(portal);
    const wanted = 'harmsen@post.example';
    const wish = { email: wanted, password: portal.password };
    expect(
      (await portal.server.request('PUT', '/v2/portal/user/update/email', { token, body: wish })).status,
    ).toBe(200);
    const { link } = await portal.mailTo(wanted);
    const proof = new URL(link).searchParams.get('token') ?? '';
    expect((await portal.signIn('/email-change/complete', { token: proof, password: NEW })).status).toBe(200);
    await signInWithPassword(portal, wanted);
  });

  it('and has not, while its extension is switched off', async () => {
    const portal = await portalFixture();
    const token = await portal.member(EMAIL);
    await handPasswordsOver(portal, 'installed');
    const change = { old_password: portal.password, new_password: NEW };
    expect((await portal.signIn('/password/change', change, token)).status).toBe(200);
  });
});
