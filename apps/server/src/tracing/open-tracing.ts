import { context, propagation, trace } from '@opentelemetry/api';

/** Tracing that is on. */
export interface Tracing {
  /** Sends what is left and stops. */
  close(): Promise<void>;
}

/** How long the end of the process waits for the collector. */
const LAST_FLUSH_MS = 3_000;

/**
 * Switches tracing on: spans go to an OpenTelemetry collector over OTLP/HTTP as JSON. The libraries are loaded only then. The collector is the
 * operator's choice like the database, so it is reached directly and not through the egress, which guards against what tenants choose.
 */
export async function openTracing(endpoint: string, serviceName: string): Promise<Tracing> {
  const [{ AsyncLocalStorageContextManager }, { OTLPTraceExporter }, { resourceFromAttributes }, sdk, core] =
    await Promise.all([
      import('@opentelemetry/context-async-hooks'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/core'),
    ]);
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [
      new sdk.BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }) }),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new core.W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return {
    async close() {
      await provider.forceFlush({ timeoutMillis: LAST_FLUSH_MS });
      await provider.shutdown();
      trace.disable();
      propagation.disable();
      context.disable();
    },
  };
}
