export { openTracing, type Tracing } from './open-tracing.ts';
export { traceRequests } from './trace-requests.ts';
export { tracedEgress } from './traced-egress.ts';
export { tracedQueue } from './traced-queue.ts';
