import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from '../../refusal.ts';
import { asObject, textOf } from '../json-reading.ts';
import { confirmTotp, removeTotp, setUpTotp } from '../totp/totp-endpoints.ts';
import { completeEmailChange, resendConfirmation } from './address-endpoints.ts';
import { challenges } from './challenges-endpoint.ts';
import { discoveryDocument } from './discovery.ts';
import { acceptOAuthForms, answerOAuthError } from './oauth-http.ts';
import { changePassword, forgotPassword, resetPassword } from './password-endpoints.ts';
import { revoke, userinfo } from './session-endpoints.ts';
import { type SignInContext, type SignInParts, signInContext } from './sign-in-context.ts';
import { token } from './token-endpoint.ts';

/** Forms and bodies of sign-in are small. */
const BODY_LIMIT = 64 * 1024;
const CACHEABLE = 'public, max-age=300';

type Endpoint = (context: SignInContext, request: FastifyRequest) => Promise<unknown> | unknown;

/** Registers a portal's sign-in under `/idp` (portal §1.5). Nothing here is part of a published contract. */
export async function signInRoutes(app: FastifyInstance, parts: SignInParts): Promise<void> {
  await app.register(async (scope) => {
    acceptOAuthForms(scope, BODY_LIMIT);
    scope.setErrorHandler(answerOAuthError);

    const endpoint = (method: 'GET' | 'POST', path: string, status: number, answer: Endpoint) =>
      scope.route({
        method,
        url: `/idp/portals/:portal_id${path}`,
        bodyLimit: BODY_LIMIT,
        handler: async (request, reply) => {
          const context = await signInContext(parts, request);
          const body = await answer(context, request);
          return reply.code(status).header('cache-control', 'no-store').send(body);
        },
      });
    const document = (path: string, answer: Endpoint) =>
      scope.get(`/idp/portals/:portal_id${path}`, async (request, reply) => {
        const context = await signInContext(parts, request);
        return reply.header('cache-control', CACHEABLE).send(await answer(context, request));
      });

    document('/.well-known/openid-configuration', discoveryDocument);
    document('/.well-known/jwks.json', async () => ({ keys: await parts.keys.publicKeys('portal') }));
    endpoint('POST', '/oauth2/token', 200, token);
    endpoint('POST', '/oauth2/revoke', 200, revoke);
    endpoint('GET', '/oauth2/userinfo', 200, userinfo);
    endpoint('POST', '/challenges', 202, challenges);
    endpoint('POST', '/password/forgot', 202, forgotPassword);
    endpoint('POST', '/password/reset', 200, resetPassword);
    endpoint('POST', '/password/change', 200, changePassword);
    endpoint('POST', '/totp/setup', 200, setUpTotp);
    endpoint('POST', '/totp/confirm', 200, confirmTotp);
    endpoint('POST', '/totp/remove', 200, removeTotp);
    endpoint('POST', '/email-change/complete', 200, completeEmailChange);
    endpoint('POST', '/confirmation/resend', 202, resendConfirmation);

    for (const path of ['/idp/by-domain/:domain', '/idp/by-domain/:domain/*']) {
      scope.route({
        method: ['GET', 'POST'],
        url: path,
        handler: (request, reply) => redirectToPortal(parts, request, reply),
      });
    }
  });
}

/** 307 keeps the method and the body, so that a client may post to the domain form of every endpoint. */
async function redirectToPortal(
  parts: SignInParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const params = asObject(request.params);
  const portal = await parts.directory.portalByDomain(textOf(params['domain']) ?? '');
  if (!portal) throw notFound('The portal');
  // The rest as it was sent, still encoded.
  const rest = /^\/idp\/by-domain\/[^/?]+(.*)$/.exec(request.url)?.[1] ?? '';
  return reply.redirect(`${parts.baseUrl}/idp/portals/${portal.portalId}${rest}`, 307);
}
