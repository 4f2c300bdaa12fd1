import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Server as TcpServer } from 'node:net';
import { createTableDns, type TableDnsEntry } from '../dns/table-dns.ts';
import { parseAllowedTargets } from './allowed-target.ts';
import type { Egress, EgressRequest } from './egress.ts';
import { EgressError } from './egress-error.ts';
import { createEgress, type EgressOptions } from './guarded-egress.ts';

/** What has to be closed after a test. */
export const closers: (() => Promise<unknown>)[] = [];

/** Closes everything opened since the last call, the newest first. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

/** Starts a server on loopback and gives its port. */
export async function listen(server: Server | TcpServer, host = '127.0.0.1', port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  closers.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Starts an HTTP server on loopback and gives its port. */
export const serve = (answer: RequestListener, host?: string, port?: number) =>
  listen(createServer(answer), host, port);

/** An egress for which `erp.example` is this machine, which it may call. */
export function open(
  options: Partial<EgressOptions> & { table?: Record<string, TableDnsEntry> } = {},
): Egress {
  const { table = { 'erp.example': { addresses: ['127.0.0.1'] } }, ...rest } = options;
  const egress = createEgress({
    dns: createTableDns(table),
    allow: parseAllowedTargets('127.0.0.1'),
    ...rest,
  });
  closers.push(() => egress.close());
  return egress;
}

/** The error of an attempt that must fail with an EgressError. */
export async function failure(attempt: Promise<unknown>): Promise<EgressError> {
  const outcome = await attempt.then(
    () => new Error('no failure'),
    (error: unknown) => error,
  );
  if (outcome instanceof EgressError) return outcome;
  throw outcome;
}

/** The text a client sent. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** All chunks of a streamed body. */
export async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks;
}

/** A GET request. */
export const get = (url: string, more: Partial<EgressRequest> = {}): EgressRequest => ({
  method: 'GET',
  url,
  ...more,
});
