/** One thing wrong with a request: where, as a dotted path such as `body.events[0].payload`, and what. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

interface RefusalDetails {
  /** Problems by field, for 400 and 422. */
  readonly errors?: readonly Problem[];
  /** The Portal API's machine-readable reason (its `ErrorResp.reason`). */
  readonly reason?: string;
  /** Seconds until another attempt makes sense, for 429 and 503. */
  readonly retryAfter?: number;
  /** Further members of the body where a contract names them. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Further response headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A request that is answered with an error on purpose. Its message is for the client: no ids of other organisations, no SQL, no secrets.
 * `code` is stable; clients may branch on it. Everything else that is thrown becomes a 500 that says nothing.
 */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: RefusalDetails;

  constructor(status: number, code: string, message: string, details: RefusalDetails = {}) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** 400 with the paths of the offending fields. */
export function invalid(problems: readonly Problem[] | Problem, code = 'INVALID_REQUEST'): Refusal {
  const errors = 'path' in problems ? [problems] : problems;
  const first = errors[0];
  return new Refusal(400, code, first ? `${first.path}: ${first.message}` : 'The request is not valid', {
    errors,
  });
}

/** 401: no token, or one that does not count here. `reason` is the Portal API's. */
export function unauthorized(message = 'A valid token is required', reason?: string): Refusal {
  return new Refusal(401, 'UNAUTHORIZED', message, {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    ...(reason ? { reason } : {}),
  });
}

/** 403: the caller is known and may not. The message names the action, never the rule that failed. */
export function forbidden(message = 'Not permitted', reason?: string): Refusal {
  return new Refusal(403, 'FORBIDDEN', message, reason ? { reason } : {});
}

/** 404: it does not exist, or is not the caller's to know of. */
export function notFound(what: string, code = 'NOT_FOUND'): Refusal {
  return new Refusal(404, code, `${what} was not found`);
}

/** 409: the request meets a state that excludes it. */
export function conflict(message: string, code = 'CONFLICT'): Refusal {
  return new Refusal(409, code, message);
}

/** 422: well formed, but it cannot be used. */
export function unprocessable(
  message: string,
  code = 'UNPROCESSABLE',
  errors: readonly Problem[] = [],
): Refusal {
  return new Refusal(422, code, message, { errors });
}

/** 429 with `Retry-After` in seconds. */
export function tooManyRequests(retryAfter: number): Refusal {
  return new Refusal(429, 'TOO_MANY_REQUESTS', 'Too many requests', { retryAfter });
}
