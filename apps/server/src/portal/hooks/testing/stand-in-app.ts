import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach } from 'vitest';

/** A request as the app received it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** What the app answers: 200, JSON and an empty object unless it says otherwise. */
export interface AppAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A third party's app on a port of its own. */
export interface StandInApp {
  /** What it was asked, in order; whoever wants to start anew empties it. */
  readonly received: Received[];
  readonly url: string;
  /** Says what it answers from now on; `undefined` for requests that never get an answer. */
  answer(decide: (request: Received) => AppAnswer | undefined): void;
  close(): Promise<void>;
}

/** Opens an app on an address of loopback. */
export async function openStandInApp(host = '127.0.0.1'): Promise<StandInApp> {
  const received: Received[] = [];
  let answer: (request: Received) => AppAnswer | undefined = () => ({});
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const url = new URL(incoming.url ?? '/', 'http://app');
    const request: Received = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString(),
    };
    received.push(request);
    const decided = answer(request);
    if (!decided) return;
    const { status = 200, headers = {}, body = {} } = decided;
    outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
    outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The app has no port');
  return {
    received,
    url: `http://${host}:${address.port}`,
    answer(decide) {
      answer = decide;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An app for the tests of one file: `received` says what it was asked in this test. */
export function standInApp() {
  let open: StandInApp | undefined;
  const app = () => {
    if (!open) throw new Error('The app is open while tests run');
    return open;
  };
  beforeAll(async () => {
    open = await openStandInApp();
  });
  beforeEach(() => {
    app().received.length = 0;
  });
  afterAll(() => app().close());
  return {
    get received() {
      return app().received;
    },
    get url() {
      return app().url;
    },
    answer: (decide: (request: Received) => AppAnswer) => app().answer(decide),
  };
}
