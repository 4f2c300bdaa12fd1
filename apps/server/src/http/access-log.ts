import type { FastifyInstance } from 'fastify';
import type { Principal } from '../identity/principal.ts';

/** One authenticated API request as `queryAccessLogs` shows it; the path carries no query. */
export interface AccessRecord {
  readonly org: string;
  readonly timestamp: Date;
  readonly service: string;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly latencyMs: number;
  readonly responseLength: number;
  readonly tokenId: string;
  readonly origin: string | undefined;
  readonly sourceIp: string;
}

/** Takes access records; it must neither block nor throw. */
export interface AccessLog {
  record(entry: AccessRecord): void;
}

/** Hands every request made with a known token to the access log once it has been answered, refused ones included. */
export function logAccess(app: FastifyInstance, log: AccessLog, now: () => Date): void {
  app.addHook('onResponse', (request, reply, done) => {
    const tokenId = request.principal && tokenIdOf(request.principal);
    if (request.principal?.org && tokenId) {
      log.record({
        org: request.principal.org,
        timestamp: now(),
        service: request.routeOptions.config.api ?? 'busbar',
        requestId: request.id,
        method: request.method,
        path: request.url.split('?', 1)[0] ?? '',
        status: reply.statusCode,
        latencyMs: Math.round(reply.elapsedTime),
        responseLength: Number(reply.getHeader('content-length') ?? 0),
        tokenId,
        origin: request.headers.origin,
        sourceIp: request.ip,
      });
    }
    done();
  });
}

function tokenIdOf(principal: Principal): string | undefined {
  return 'tokenId' in principal ? principal.tokenId : undefined;
}
