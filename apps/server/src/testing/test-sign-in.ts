import type { TestIdentity } from './test-identity.ts';

/** Posts a form to a portal's sign-in, from the test's own address or another. */
export async function postSignIn(
  setup: TestIdentity,
  portalId: string,
  path: string,
  body: Record<string, string>,
  token?: string,
  remoteAddress = '127.0.0.1',
) {
  const answer = await setup.app.inject({
    method: 'POST',
    remoteAddress,
    url: `/idp/portals/${portalId}${path}`,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    payload: new URLSearchParams(body).toString(),
  });
  return { status: answer.statusCode, body: answer.json<Record<string, string>>(), headers: answer.headers };
}

/** Signs in with a password, from the test's own address or another. */
export function passwordGrant(
  setup: TestIdentity,
  portalId: string,
  username: string,
  password: string,
  remoteAddress?: string,
) {
  const fields = { grant_type: 'password', username, password, client_id: portalId };
  return postSignIn(setup, portalId, '/oauth2/token', fields, undefined, remoteAddress);
}

/** Code and link token of the newest mail. */
export async function newestMail(setup: TestIdentity) {
  await setup.identity.idle();
  const [mail] = await setup.outbox.list(1);
  return {
    to: mail?.to[0]?.address,
    code: /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? '',
    link: /[?&]token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '',
  };
}
