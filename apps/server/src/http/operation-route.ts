import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Operation } from '../contract/openapi-document.ts';
import { collectParameters, routeName } from '../contract/request-values.ts';
import type { OperationValidation } from '../contract/validation.ts';
import type { Principal } from '../identity/principal.ts';
import { invalid, Refusal } from '../refusal.ts';
import type { Database } from '../storage/index.ts';
import { type Call, Reply, WrittenJson } from './call.ts';

/** A handler as the HTTP layer sees it; the typed signatures are in contract/operation-types.ts. */
export type AnyHandler = (call: Call) => Promise<unknown>;

/** Finds out who calls. Throws a 401 or 403 refusal when the operation is not for them. */
export type Authenticate = (request: FastifyRequest, operation: Operation) => Promise<Principal>;

export interface RouteSurroundings {
  readonly database: Database;
  readonly authenticate: Authenticate;
  readonly validationOf: (operation: Operation) => OperationValidation;
  /** Hold every answer against the contract (tests and development); a mismatch is a 500 that names it. */
  readonly checkResponses: boolean;
}

/** Bodies up to 10 MiB for the ERP's events and for portals with all their pages, 15 MiB for photos in Base64, 2 MiB for everything else. */
const LARGE_BODY_LIMIT = 10 * 1024 * 1024 + 1024;
const PHOTO_BODY_LIMIT = 15 * 1024 * 1024;

/** Registers an operation: principal, validated parameters and body, handler, checked answer. Without a handler it answers 501. */
export function registerOperation(
  app: FastifyInstance,
  operation: Operation,
  handler: AnyHandler | undefined,
  surroundings: RouteSurroundings,
): void {
  const validation = surroundings.validationOf(operation);
  const success = successStatus(operation);
  const route: RouteOptions = {
    method: operation.method,
    url: routerPath(operation.path),
    config: { api: operation.api, operationId: operation.operationId },
    handler: async (request, reply) => {
      if (!handler) {
        throw new Refusal(
          501,
          'NOT_IMPLEMENTED',
          `${operation.operationId} is not available on this server yet`,
        );
      }
      const principal = await surroundings.authenticate(request, operation);
      request.principal = principal;
      const call = callFrom(request, operation, validation, principal, surroundings.database);
      const answer = await answerOf(handler, call, operation);
      const whole = answer instanceof Reply ? answer : new Reply(success, answer);
      return sendAnswer(reply, operation, validation, whole, surroundings.checkResponses);
    },
  };
  if (/\/erp\/updates\/(events|mapping_simulation)$/.test(operation.path)) route.bodyLimit = LARGE_BODY_LIMIT;
  if (/\/portal\/(portal|config|config\/\{portal_id\})$/.test(operation.path))
    route.bodyLimit = LARGE_BODY_LIMIT;
  if (operation.path.endsWith('/metering/reading/photo')) route.bodyLimit = PHOTO_BODY_LIMIT;
  app.route(route);
}

/**
 * The path as the router writes it. Literal colons (`entity:search`) are doubled; a parameter with a verb behind it (`{id}:execute`) gets an
 * expression that ends before the colon, because the router would take the verb for a part of the parameter's name.
 */
export function routerPath(path: string): string {
  const hasSibling = BESIDE_A_VERB.test(path);
  return path
    .replaceAll(':', '::')
    .replace(
      /\{([^}]+)\}(?=(:?))/g,
      (_, name: string, verb: string) => `:${routeName(name)}${verb || hasSibling ? '([^/:]+)' : ''}`,
    );
}

/** `/v2/portal/{slug}/{id}:validateRule` is for every slug: `/v2/portal/contract/{id}` must not take it (spec/portal.md §0.5). */
const BESIDE_A_VERB = /^\/v2\/portal\/[^/{]+\/\{[^}]+\}$/;

function callFrom(
  request: FastifyRequest,
  operation: Operation,
  validation: OperationValidation,
  principal: Principal,
  database: Database,
): Call {
  const values = collectParameters(operation, request);
  const problems = [
    ...validation.parameters('path', values.path),
    ...validation.parameters('query', values.query),
    ...validation.parameters('header', values.header),
    ...validation.body(request.body),
  ];
  if (problems.length > 0) throw inTermsOf(operation, invalid(problems));
  return {
    principal,
    get tenant() {
      if (principal.org === undefined) {
        throw new Refusal(400, 'ORGANISATION_UNKNOWN', 'organization is required', {
          members: { cause: 'header.x-epilot-org-id: is required without a token' },
        });
      }
      return database.tenant(principal.org);
    },
    parameters: { ...values.header, ...values.query, ...values.path },
    body: operation.body ? request.body : undefined,
    url: request.url,
    headers: request.headers,
    requestId: request.id,
    ip: request.ip,
    log: request.log,
  };
}

/** What a handler answers; what it finds wrong with a request is said as its API says it. */
async function answerOf(
  handler: AnyHandler,
  call: Parameters<AnyHandler>[0],
  operation: Operation,
): Promise<unknown> {
  try {
    return await handler(call);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 400 || !error.details.errors) throw error;
    throw inTermsOf(operation, error);
  }
}

/** The Pricing API's errors say `Invalid payload`, and in `cause` what is wrong first (spec/pricing.md B0.2). */
function inTermsOf({ api }: Operation, refusal: Refusal): Refusal {
  if (api !== 'pricing') return refusal;
  return new Refusal(400, refusal.code, 'Invalid payload', {
    ...refusal.details,
    members: { cause: refusal.message, ...refusal.details.members },
  });
}

function sendAnswer(
  reply: FastifyReply,
  operation: Operation,
  validation: OperationValidation,
  { status, body, headers }: Reply,
  checkResponses: boolean,
): FastifyReply {
  const isStream = typeof body === 'object' && body !== null && ('pipe' in body || Buffer.isBuffer(body));
  if (checkResponses && !isStream) {
    const problems = validation.response(status, body instanceof WrittenJson ? JSON.parse(body.text) : body);
    if (problems.length > 0) {
      throw new Refusal(
        500,
        'CONTRACT_VIOLATED',
        `${operation.operationId} answered ${status} against its contract`,
        {
          errors: problems,
        },
      );
    }
  }
  reply.code(status).headers(headers);
  if (body === undefined) return reply.send();
  return isStream
    ? reply.send(body)
    : reply
        .type('application/json; charset=utf-8')
        .send(body instanceof WrittenJson ? body.text : JSON.stringify(body));
}

/** The operation's first documented success status. */
function successStatus(operation: Operation): number {
  const documented = [...operation.responses.keys()]
    .map(Number)
    .filter((status) => status >= 200 && status < 300);
  return Math.min(...documented, 299) === 299 ? 200 : Math.min(...documented);
}
