import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

export const CLIENT = 'portal-client';
export const OTHER_CLIENT = 'another-client';
export const SECRET = 'not-for-the-browser';
export const REDIRECT = 'https://mein.example/sso';
/** Where the provider sends staff back to. */
export const STAFF_CALLBACK = 'https://api.busbar.example/idp/staff/oauth2/callback';

/** A real OpenID provider on loopback. Whoever comes is signed in at once, as the person the login hint names. */
export interface TestProvider {
  readonly issuer: string;
  /** Walks the provider's pages as a browser would; answers the code with its PKCE verifier. */
  codeFor(hint: string, client?: string): Promise<{ code: string; verifier: string }>;
  /** Walks its pages from an authorization URL on; answers where the browser is sent in the end. */
  walk(authorizationUrl: string): Promise<URL>;
  close(): Promise<void>;
}

/** Starts a provider whose accounts are made up from their name: `gesine` has the address `gesine@post.example`. */
export async function startTestProvider(): Promise<TestProvider> {
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  const issuer = `http://127.0.0.1:${address.port}`;
  const provider = new Provider(issuer, configuration());
  const callback = provider.callback();
  http.on('request', async (request, response) => {
    if (!request.url?.startsWith('/signed-in/')) return callback(request, response);
    const { params, prompt, grantId } = await provider.interactionDetails(request, response);
    const accountId = String(params['login_hint']);
    if (prompt.name === 'login') {
      return provider.interactionFinished(request, response, { login: { accountId } });
    }
    const grant =
      (grantId ? await provider.Grant.find(grantId) : undefined) ??
      new provider.Grant({ accountId, clientId: String(params['client_id']) });
    grant.addOIDCScope('openid email profile');
    const consent = { grantId: await grant.save() };
    return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
  });
  return {
    issuer,
    codeFor: (hint, client = CLIENT) => codeFor(issuer, hint, client),
    walk,
    close: () => new Promise((resolve) => http.close(() => resolve())),
  };
}

function configuration(): object {
  const client = (id: string) => ({
    client_id: id,
    client_secret: SECRET,
    redirect_uris: [REDIRECT, STAFF_CALLBACK],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  });
  return {
    clients: [client(CLIENT), client(OTHER_CLIENT)],
    conformIdTokenClaims: false,
    claims: { email: ['email', 'email_verified'], profile: ['given_name', 'customer_id'] },
    features: { devInteractions: { enabled: false } },
    findAccount: async (_context: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({
        sub: id,
        email: `${id}@post.example`,
        email_verified: id !== 'unverified',
        given_name: 'Gesine',
        customer_id: 'K-4711',
      }),
    }),
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/signed-in/${uid}` },
    cookies: { keys: ['test'] },
  };
}

async function codeFor(
  issuer: string,
  hint: string,
  client: string,
): Promise<{ code: string; verifier: string }> {
  const verifier = randomBytes(32).toString('base64url');
  const asked = new URLSearchParams({
    client_id: client,
    response_type: 'code',
    scope: 'openid email profile',
    redirect_uri: REDIRECT,
    login_hint: hint,
    state: 'st',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const back = await walk(`${issuer}/auth?${asked}`);
  return { code: back.searchParams.get('code') ?? '', verifier };
}

async function walk(authorizationUrl: string): Promise<URL> {
  const cookies = new Map<string, string>();
  const { origin } = new URL(authorizationUrl);
  let url = authorizationUrl;
  for (let hop = 0; hop < 10 && url.startsWith(origin); hop += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: cookie ? { cookie } : {} });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    url = new URL(answer.headers.get('location') ?? '', url).href;
  }
  return new URL(url);
}
