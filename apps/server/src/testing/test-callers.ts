import { SignJWT } from 'jose';
import { KeyRing } from '../identity/keys/key-ring.ts';
import type { KeySet } from '../identity/keys/key-set.ts';
import { type TestGround, testIdentity, testSecrets } from './test-identity.ts';
import { testOperations } from './test-operations.ts';

/** Operations of every kind of security. */
const OPERATIONS = {
  'customer-portal': [
    'getContact',
    'getPortalUser',
    'updateContact',
    'searchPortalUserEntities',
    'getPublicPortalConfig',
    'ssoLogin',
  ],
  pricing: ['$searchCatalog', '$validatePromoCodes'],
  'integration-toolkit': ['listIntegrations', 'acknowledgeTracking'],
} as const;

/** An identity, and a server whose operations answer who called them. */
export async function testCallers() {
  const setup = await testIdentity();
  const app = await testOperations(setup, OPERATIONS);
  const call = async (
    method: 'GET' | 'POST' | 'PATCH',
    url: string,
    token?: string,
    headers: Record<string, string> = {},
    payload?: object,
  ) => {
    const answer = await app.inject({
      method,
      url,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      ...(payload ? { payload } : {}),
    });
    const body = answer.body === '' ? {} : answer.json<Record<string, unknown>>();
    return { status: answer.statusCode, body, headers: answer.headers };
  };
  return { setup, call };
}

/** A token with claims of the test's choice, signed by one of our real keys. */
export async function signedBy(
  setup: TestGround,
  set: KeySet,
  claims: Record<string, unknown>,
  issuer: string,
) {
  const { keyId, privateKey } = await new KeyRing(setup.database, testSecrets, setup.clock).signer(set);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: keyId })
    .setIssuer(issuer)
    .setIssuedAt(setup.clock.now())
    .sign(privateKey);
}
