import { type Attributes, type SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/** What a span is called and what it says. No personal data, ids of entities, queries or bodies. */
export interface SpanDescription {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

/** The tracer of this server; it does nothing while tracing is off. */
export const tracer = trace.getTracer('busbar');

/** Does something as a span of the trace at hand. An error marks the span with its class, not its text, and passes on. */
export function inSpan<Result>(
  { name, kind, attributes }: SpanDescription,
  run: () => Promise<Result>,
): Promise<Result> {
  return tracer.startActiveSpan(name, { kind, attributes }, async (span) => {
    try {
      return await run();
    } catch (error) {
      span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
