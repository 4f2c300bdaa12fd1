import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OAuthError } from './oauth-error.ts';

/** OAuth clients post forms. A repeated field is refused by leaving it out: RFC 6749 §3.2 allows each once. */
export function acceptOAuthForms(scope: FastifyInstance, bodyLimit: number): void {
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit },
    async (_request: FastifyRequest, body: string | Buffer) => {
      const fields = new URLSearchParams(body.toString());
      const once = [...fields].filter(([name]) => fields.getAll(name).length === 1);
      return Object.fromEntries(once);
    },
  );
}

/** Everything but OAuth's own errors goes on to the server's error handler. */
export function answerOAuthError(
  error: unknown,
  _request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (!(error instanceof OAuthError)) throw error;
  return reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .send({ ...error.members, error: error.code, error_description: error.message });
}
