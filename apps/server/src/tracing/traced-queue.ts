import { SpanKind } from '@opentelemetry/api';
import type { Queue } from '../jobs/index.ts';
import { inSpan, type SpanDescription } from './in-span.ts';

/** A queue whose jobs are spans, each the root of a trace: what asked for them has long been answered. */
export function tracedQueue(queue: Queue): Queue {
  return 'handler' in queue
    ? {
        ...queue,
        handler: (job, held) => inSpan(describe(queue.name, 1, job.org), () => queue.handler(job, held)),
      }
    : {
        ...queue,
        batchHandler: (jobs, held) =>
          inSpan(describe(queue.name, jobs.length, jobs[0]?.org), () => queue.batchHandler(jobs, held)),
      };
}

function describe(queue: string, jobs: number, org: string | undefined): SpanDescription {
  return {
    name: `job ${queue}`,
    kind: SpanKind.CONSUMER,
    attributes: {
      'messaging.destination.name': queue,
      'messaging.batch.message_count': jobs,
      ...(org === undefined ? {} : { 'busbar.org': org }),
    },
  };
}
