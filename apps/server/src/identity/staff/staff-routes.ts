import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asObject } from '../json-reading.ts';
import { clientNetwork } from '../rate-limits/client-network.ts';
import { acceptOAuthForms, answerOAuthError } from '../sign-in/oauth-http.ts';
import { authorize, takeBack } from './staff-authorization.ts';
import { staffIssuer } from './staff-sessions.ts';
import type { StaffRequest, StaffSignIn } from './staff-sign-in.ts';
import { revokeStaff, staffToken, supportedGrants } from './staff-token-endpoint.ts';

const BODY_LIMIT = 64 * 1024;
const CACHEABLE = 'public, max-age=300';

/** Registers the sign-in of staff under `/idp/staff` (identity §2.2). Nothing here is part of a published contract. */
export async function staffRoutes(app: FastifyInstance, signIn: StaffSignIn): Promise<void> {
  await app.register(async (scope) => {
    acceptOAuthForms(scope, BODY_LIMIT);
    scope.setErrorHandler(answerOAuthError);
    const post = (path: string, answer: (signIn: StaffSignIn, request: StaffRequest) => Promise<unknown>) =>
      scope.post(`/idp/staff${path}`, { bodyLimit: BODY_LIMIT }, async (request, reply) =>
        reply.header('cache-control', 'no-store').send(await answer(signIn, read(request, request.body))),
      );
    const redirect = (
      path: string,
      answer: (signIn: StaffSignIn, request: StaffRequest) => Promise<string>,
    ) =>
      scope.get(`/idp/staff${path}`, async (request, reply) =>
        reply
          .header('cache-control', 'no-store')
          .redirect(await answer(signIn, read(request, request.query)), 302),
      );
    const document = (path: string, answer: () => Promise<unknown> | unknown) =>
      scope.get(`/idp/staff${path}`, async (_request: FastifyRequest, reply: FastifyReply) =>
        reply.header('cache-control', CACHEABLE).send(await answer()),
      );

    document('/.well-known/openid-configuration', () => discovery(signIn));
    document('/.well-known/jwks.json', async () => ({ keys: await signIn.keys.publicKeys('portal') }));
    redirect('/oauth2/authorize', authorize);
    redirect('/oauth2/callback', takeBack);
    post('/oauth2/token', staffToken);
    post('/oauth2/revoke', revokeStaff);
  });
}

function read(request: FastifyRequest, given: unknown): StaffRequest {
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(asObject(given))) {
    if (typeof value === 'string' && value !== '') fields.set(name, value);
  }
  return { fields, client: clientNetwork(request.ip), origin: { requestId: request.id, ip: request.ip } };
}

/** The OpenID Connect discovery document of staff. */
function discovery(signIn: StaffSignIn): Record<string, unknown> {
  const issuer = staffIssuer(signIn.baseUrl);
  return {
    issuer,
    ...(signIn.provider ? { authorization_endpoint: `${issuer}/oauth2/authorize` } : {}),
    token_endpoint: `${issuer}/oauth2/token`,
    revocation_endpoint: `${issuer}/oauth2/revoke`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    grant_types_supported: supportedGrants(signIn),
    response_types_supported: signIn.provider ? ['code'] : [],
    code_challenge_methods_supported: ['S256'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['none'],
    authorization_response_iss_parameter_supported: true,
    scopes_supported: ['openid', 'email'],
  };
}
