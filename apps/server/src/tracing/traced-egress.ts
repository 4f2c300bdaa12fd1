import { SpanKind } from '@opentelemetry/api';
import type { Egress, EgressRequest } from '../ports/index.ts';
import { inSpan, type SpanDescription } from './in-span.ts';

/** The egress with a span around every exchange. Third parties are told nothing of the trace. */
export function tracedEgress(egress: Egress): Egress {
  return {
    fetch: (request) => inSpan(describe(request), () => egress.fetch(request)),
    stream: (request) => inSpan(describe(request), () => egress.stream(request)),
    check: (url, allow) => egress.check(url, allow),
    close: () => egress.close(),
  };
}

function describe({ method, url }: EgressRequest): SpanDescription {
  const host = URL.parse(url)?.host ?? 'invalid';
  return {
    name: `${method} ${host}`,
    kind: SpanKind.CLIENT,
    attributes: { 'http.request.method': method, 'server.address': host },
  };
}
