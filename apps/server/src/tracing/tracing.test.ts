import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createBusbar } from '../composition/busbar.ts';
import { readSettings } from '../settings.ts';
import { testDatabase } from '../testing/test-database.ts';

interface ExportedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

/** A collector that keeps what it is sent. */
async function collector() {
  const spans: ExportedSpan[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const sent = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    for (const { scopeSpans } of sent.resourceSpans)
      for (const scope of scopeSpans) spans.push(...scope.spans);
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { spans, url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

it('sends a span per request that continues the trace of the caller and names no entity', async () => {
  const at = await collector();
  const database = await testDatabase();
  const settings = readSettings({
    BUSBAR_DATA: 'memory://',
    BUSBAR_LOG_LEVEL: 'silent',
    OTEL_EXPORTER_OTLP_ENDPOINT: at.url,
  });
  const busbar = await createBusbar(settings, pino({ level: 'silent' }), {
    storage: { database, migrated: [], close: async () => undefined },
  });
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  await busbar.http.inject({
    url: '/v2/portal/contract/5da0a718-c822-403d-9f5d-20d4584e0528?secret=1',
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  });
  await busbar.close();
  at.close();

  const span = at.spans.find(({ name }) => name === 'getContract');
  expect(span).toMatchObject({ traceId, parentSpanId: '00f067aa0ba902b7' });
  expect(span?.attributes).toContainEqual({
    key: 'http.route',
    value: { stringValue: '/v2/portal/contract/:id([^/:]+)' },
  });
  expect(JSON.stringify(at.spans)).not.toMatch(/5da0a718|secret/);
});
