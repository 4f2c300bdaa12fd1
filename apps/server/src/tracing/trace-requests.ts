import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { tracer } from './in-span.ts';

/** Makes every request a span that continues the caller's trace (`traceparent`) and is the parent of what the request does. */
export function traceRequests(app: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  app.addHook('onRequest', (request, _reply, done) => {
    const { operationId } = request.routeOptions.config;
    const route = request.routeOptions.url ?? 'unknown';
    const caller = propagation.extract(context.active(), request.headers);
    const span = tracer.startSpan(
      operationId ?? `${request.method} ${route}`,
      {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': request.method,
          'http.route': route,
          'busbar.request_id': request.id,
          ...(operationId === undefined ? {} : { 'busbar.operation': operationId }),
        },
      },
      caller,
    );
    spans.set(request, span);
    context.with(trace.setSpan(caller, span), done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.setAttribute('http.response.status_code', reply.statusCode);
    if (request.principal?.org !== undefined) span?.setAttribute('busbar.org', request.principal.org);
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    spans.delete(request);
    done();
  });
  app.addHook('onRequestAbort', (request, done) => {
    spans.get(request)?.setStatus({ code: SpanStatusCode.ERROR, message: 'the client went away' }).end();
    spans.delete(request);
    done();
  });
}
