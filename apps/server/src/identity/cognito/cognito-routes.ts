import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseJsonBody } from '../../http/json-body.ts';
import { asObject } from '../json-reading.ts';
import type { SignInParts } from '../sign-in/sign-in-context.ts';
import { asCognitoError, CognitoError } from './cognito-error.ts';
import { COGNITO_OPERATIONS } from './cognito-operations.ts';

const BODY_LIMIT = 64 * 1024;
const TARGET = /^AWSCognitoIdentityProviderService\.([A-Za-z]{1,64})$/;
const CONTENT_TYPE = 'application/x-amz-json-1.1';

/**
 * `POST /idp/cognito`: the part of Amazon Cognito's user pool API that portals in the field sign in with. The operation stands in the header
 * `X-Amz-Target`, the portal in `ClientId` or in the access token. Nothing here can do what `/idp/portals` cannot.
 */
export async function cognitoRoutes(app: FastifyInstance, parts: SignInParts): Promise<void> {
  await app.register(async (scope) => {
    scope.addContentTypeParser(
      /^application\/x-amz-json-1\.[01]$/i,
      { parseAs: 'string', bodyLimit: BODY_LIMIT },
      async (_request: FastifyRequest, body: string | Buffer) => parseJsonBody(body.toString()),
    );
    scope.setErrorHandler(answerError);
    for (const url of ['/idp/cognito', '/idp/cognito/']) {
      scope.post(url, { bodyLimit: BODY_LIMIT }, async (request, reply) => {
        const name = TARGET.exec(String(request.headers['x-amz-target'] ?? ''))?.[1];
        const operation = name === undefined ? undefined : COGNITO_OPERATIONS.get(name);
        if (!operation) throw new CognitoError('UnknownOperationException', 'The operation is not known');
        const answer = await operation(parts, request, asObject(request.body));
        return reply.type(CONTENT_TYPE).header('cache-control', 'no-store').send(JSON.stringify(answer));
      });
    }
  });
}

/** What is no refusal goes on to the server's error handler. */
function answerError(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = asCognitoError(error);
  if (!known) throw error;
  return reply
    .code(400)
    .type(CONTENT_TYPE)
    .header('cache-control', 'no-store')
    .header('x-amzn-errortype', known.code)
    .send(JSON.stringify({ __type: known.code, message: known.message }));
}
