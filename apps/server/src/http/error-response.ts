import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../refusal.ts';
import { DatabaseError } from '../storage/index.ts';

/** The one error shape. `error` repeats the message for clients of the entity family, which read that member. */
interface ErrorBody {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly error: string;
  readonly request_id: string;
  readonly [member: string]: unknown;
}

/** Answers an error. Refusals say what they mean to say; anything unforeseen is logged and answered as a bare 500. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = toRefusal(error);
  if (isOurFault(error, refusal)) request.log.error({ err: error, code: refusal.code }, 'request failed');
  const { errors, reason, retryAfter, members, headers } = refusal.details;
  const body: ErrorBody = {
    ...members,
    status: refusal.status,
    code: refusal.code,
    message: refusal.message,
    error: refusal.message,
    ...(reason ? { reason } : {}),
    ...(errors && errors.length > 0 ? { errors } : {}),
    request_id: request.id,
  };
  if (retryAfter !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfter))));
  return reply
    .headers(headers ?? {})
    .code(refusal.status)
    .type('application/json; charset=utf-8')
    .send(body);
}

/** Refusals that are meant (not built yet, not available at the moment) need no stack in the log; a broken contract does. */
function isOurFault(error: unknown, refusal: Refusal): boolean {
  return refusal.status >= 500 && (!(error instanceof Refusal) || refusal.code === 'CONTRACT_VIOLATED');
}

/** What Fastify itself refuses, by its stable error codes. */
const FRAMEWORK_REFUSALS: Readonly<Record<string, readonly [status: number, code: string, message: string]>> =
  {
    FST_ERR_CTP_BODY_TOO_LARGE: [413, 'PAYLOAD_TOO_LARGE', 'The body is too large'],
    FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json'],
    FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
      400,
      'INVALID_CONTENT_LENGTH',
      'The body does not have the announced length',
    ],
    FST_ERR_BAD_URL: [400, 'INVALID_URL', 'The URL is not valid'],
    FST_ERR_MAX_PARAM_LENGTH: [414, 'URI_TOO_LONG', 'A path parameter is too long'],
  };

function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof DatabaseError) return fromDatabase(error);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    const known = FRAMEWORK_REFUSALS[error.code];
    if (known) return new Refusal(...known);
    if ('statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500) {
      return new Refusal(error.statusCode, error.code, 'The request could not be read');
    }
  }
  return new Refusal(500, 'INTERNAL_ERROR', 'Something went wrong on our side');
}

/** Values the database cannot take are the client's; a lost or overloaded database is a pause, not a failure. */
function fromDatabase(error: DatabaseError): Refusal {
  if (error.sqlState === '22021' || error.sqlState === '22P05') {
    return new Refusal(400, 'INVALID_REQUEST', 'The request holds characters that cannot be stored');
  }
  if (/^(08|53|57P|40)/.test(error.sqlState)) {
    return new Refusal(503, 'UNAVAILABLE', 'The database is not available at the moment', { retryAfter: 1 });
  }
  return new Refusal(500, 'INTERNAL_ERROR', 'Something went wrong on our side');
}
