import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import cors from '@fastify/cors';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Registry } from 'prom-client';
import type { Operation } from '../contract/openapi-document.ts';
import type { Principal } from '../identity/principal.ts';
import { invalid, Refusal } from '../refusal.ts';
import { type AccessLog, logAccess } from './access-log.ts';
import { type DeniedRequest, noteDenied } from './denied-writes.ts';
import { sendError } from './error-response.ts';
import { acceptForms } from './form-body.ts';
import { parseJsonBody } from './json-body.ts';
import { measureRequests } from './metrics.ts';
import { type AnyHandler, type RouteSurroundings, registerOperation } from './operation-route.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { unknownRoute } from './unknown-route.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the caller is known. */
    principal: Principal | undefined;
  }
  interface FastifyContextConfig {
    api?: string;
    operationId?: string;
  }
}

export interface HttpOptions extends RouteSurroundings {
  readonly operations: readonly Operation[];
  /** Handlers by `<api> <operationId>`. */
  readonly handlers: ReadonlyMap<string, AnyHandler>;
  readonly logger: FastifyBaseLogger;
  /** Adds what traces requests, where traces are wanted. */
  readonly traceRequests?: ((app: FastifyInstance) => void) | undefined;
  readonly metrics: Registry;
  readonly accessLog: AccessLog;
  /** Hears of requests that were refused with 403. */
  readonly noteDenied: (denied: DeniedRequest) => void;
  readonly now: () => Date;
  /** Which addresses may speak for their clients through `X-Forwarded-*`; false for none. */
  readonly trustProxy: boolean | string;
  /** Whether a browser page of this origin may call this URL (path and query). */
  readonly isAllowedOrigin: (origin: string, url: string) => Promise<boolean>;
  /** Whether the process can serve: the database answers, migrations are done. */
  readonly isReady: () => Promise<boolean>;
  /** Seconds one request may take. */
  readonly requestTimeout: number;
}

const BODY_LIMIT = 2 * 1024 * 1024;

/** Builds the HTTP server: every operation a route, one error shape, health, metrics and the access log. */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    trustProxy: options.trustProxy,
    requestTimeout: options.requestTimeout * 1000,
    return503OnClosing: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 2_000, querystringParser: parseQuery },
    frameworkErrors: (error, request, reply) => sendError(error, request, reply),
  });
  app.decorateRequest('principal', undefined);
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply));
  app.setNotFoundHandler(unknownRoute(options.operations));
  acceptBodies(app);
  options.traceRequests?.(app);

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    checkRequestLine(request);
    forgetTypeOfNothing(request);
  });
  await app.register(cors, {
    delegator: async ({ headers: { origin }, url }: FastifyRequest) => ({
      origin: origin !== undefined && (await options.isAllowedOrigin(origin, url)) ? origin : false,
      methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: ['x-request-id', 'retry-after', 'content-disposition'],
      maxAge: 600,
    }),
  });

  app.addHook('onResponse', (request, reply, done) => {
    request.log.info(
      {
        method: request.method,
        // Neither the query nor ids in the path: both may be personal data.
        route: request.routeOptions.url ?? 'unknown',
        operationId: request.routeOptions.config.operationId,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        org: request.principal?.org,
        caller: request.principal?.kind,
      },
      'request',
    );
    done();
  });
  measureRequests(app, options.metrics);
  logAccess(app, options.accessLog, options.now);
  noteDenied(app, options.noteDenied);
  answerHealth(app, options.isReady);

  const register = (scope: FastifyInstance, operations: readonly Operation[]) => {
    for (const operation of operations) {
      const handler = options.handlers.get(`${operation.api} ${operation.operationId}`);
      registerOperation(scope, operation, handler, options);
    }
  };
  register(
    app,
    options.operations.filter(({ body }) => body?.isForm !== true),
  );
  await app.register(async (scope) => {
    acceptForms(scope);
    register(
      scope,
      options.operations.filter(({ body }) => body?.isForm === true),
    );
  });
  return app;
}

/** Only JSON comes in; everything else is a 415. Routes with other bodies (sign-in forms, uploads) bring their own parser in a scope of their own. */
function acceptBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    /^application\/(?:[\w.-]+\+)?json(?:\s*;.*)?$/i,
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: string | Buffer) => parseJsonBody(utf8(body)),
  );
}

/** Later duplicates of a name become a list, in order. */
function parseQuery(text: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const before = values[name];
    if (before === undefined) values[name] = value;
    else values[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return values;
}

/** The published SDK announces a form for a POST without a body; a type that nothing follows must not count. */
function forgetTypeOfNothing(request: FastifyRequest): void {
  const { headers } = request.raw;
  const isEmpty = headers['content-length'] === '0' || headers['content-length'] === undefined;
  if (isEmpty && headers['transfer-encoding'] === undefined) delete headers['content-type'];
}

function checkRequestLine(request: FastifyRequest): void {
  if (/%00|%u/i.test(request.url))
    throw invalid({ path: 'url', message: 'holds characters that cannot be stored' });
  const accept = request.headers.accept;
  // Other routes carry files of any type, and clients may ask for theirs alone.
  const isOperation = request.routeOptions.config.operationId !== undefined;
  if (
    isOperation &&
    accept &&
    !/\*\/\*|application\/(\*|json)|[+]json|image\/|text\/|octet-stream|multipart\//i.test(accept)
  ) {
    throw new Refusal(406, 'NOT_ACCEPTABLE', 'Answers are application/json');
  }
}

function answerHealth(app: FastifyInstance, isReady: () => Promise<boolean>): void {
  app.get('/health', async () => ({ status: 'ok' }));
  app.get('/ready', async (_request, reply) => {
    const ready = await isReady().catch(() => false);
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
  });
}

/** The text of a body. 400 for bytes that are no UTF-8: replacing them would store something else than was sent. */
function utf8(body: string | Buffer): string {
  if (typeof body === 'string') return body;
  if (!isUtf8(body)) throw invalid({ path: 'body', message: 'is not valid UTF-8' }, 'INVALID_ENCODING');
  return body.toString('utf8');
}
