import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** The process's numbers for Prometheus; domains register their own on the same registry. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'busbar_' });
  return registry;
}

/** Counts and times every answered request by operation and status, and serves `GET /metrics`. */
export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const duration = new Histogram({
    name: 'busbar_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['api', 'operation', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const aborted = new Counter({
    name: 'busbar_http_requests_aborted_total',
    help: 'Requests whose client went away before the answer',
    registers: [registry],
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { api, operationId } = request.routeOptions.config;
    duration.observe(
      { api: api ?? '', operation: operationId ?? 'other', status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
    done();
  });
  app.addHook('onRequestAbort', (_request, done) => {
    aborted.inc();
    done();
  });
  app.get('/metrics', async (_request, reply) => {
    reply.type(registry.contentType);
    return registry.metrics();
  });
}
