import type { FastifyInstance } from 'fastify';
import type { Principal } from '../identity/principal.ts';

/** A request that was refused because its caller may not make it. */
export interface DeniedRequest {
  readonly principal: Principal;
  readonly org: string;
  readonly operationId: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly requestId: string;
  readonly ip: string;
}

/** Hands every request of a known caller that was answered with 403 to `note`, which must neither block nor throw. */
export function noteDenied(app: FastifyInstance, note: (denied: DeniedRequest) => void): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { principal } = request;
    const { operationId } = request.routeOptions.config;
    if (reply.statusCode === 403 && principal?.org !== undefined && operationId !== undefined) {
      note({
        principal,
        org: principal.org,
        operationId,
        method: request.method,
        path: request.url.split('?', 1)[0] ?? '',
        requestId: request.id,
        ip: request.ip,
      });
    }
    done();
  });
}
