import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** One request that the stand-in received at `/erp/…`. */
export interface ReceivedCall {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Archive {
  readonly token: { readonly client_id: string; readonly client_secret: string };
  readonly documents: Readonly<Record<string, unknown>>;
}

export interface StandInErp {
  readonly url: string;
  /** Everything received so far, in order. */
  readonly received: readonly ReceivedCall[];
  close(): Promise<void>;
}

const MOST_BODY_BYTES = 1024 * 1024;

/**
 * The other side of the demo utility (demo/erp/README.md): takes webhooks at `POST /erp/…` and shows them at `GET /erp/received`, hands out tokens at `/oauth/token`, and serves
 * the document archive to whoever has one. Listens on loopback only.
 */
export async function startStandInErp(
  port: number,
  onReceived: (call: ReceivedCall) => void = () => undefined,
): Promise<StandInErp> {
  const archive: Archive = JSON.parse(
    await readFile(new URL('../../../../demo/erp/archive.json', import.meta.url), 'utf8'),
  );
  const tokens = new Set<string>();
  const received: ReceivedCall[] = [];
  const server = createServer((request, response) => {
    readBody(request).then(
      (body) => {
        const path = request.url ?? '/';
        if (request.method === 'POST' && path.startsWith('/erp/')) {
          const call = { path, headers: request.headers, body };
          received.push(call);
          onReceived(call);
          answer(response, 200, {});
        } else if (request.method === 'GET' && path === '/erp/received') {
          answer(response, 200, received);
        } else if (request.method === 'POST' && path === '/oauth/token') {
          answerToken(response, new URLSearchParams(body), archive, tokens);
        } else if (request.method === 'GET' && path.startsWith('/archive/documents/')) {
          answerDocument(
            response,
            request,
            decodeURIComponent(path.slice('/archive/documents/'.length)),
            archive,
            tokens,
          );
        } else answer(response, 404, {});
      },
      () => answer(response, 400, {}),
    );
  });
  await listen(server, port);
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The stand-in has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerToken(
  response: ServerResponse,
  form: URLSearchParams,
  archive: Archive,
  tokens: Set<string>,
): void {
  const isKnown =
    form.get('client_id') === archive.token.client_id &&
    form.get('client_secret') === archive.token.client_secret;
  if (!isKnown) {
    answer(response, 401, { error: 'invalid_client' });
    return;
  }
  const token = randomBytes(16).toString('hex');
  tokens.add(token);
  answer(response, 200, { access_token: token, token_type: 'Bearer', expires_in: 3600 });
}

function answerDocument(
  response: ServerResponse,
  request: IncomingMessage,
  id: string,
  archive: Archive,
  tokens: ReadonlySet<string>,
): void {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (!tokens.has(token)) {
    answer(response, 401, {});
    return;
  }
  const document = Object.hasOwn(archive.documents, id) ? archive.documents[id] : undefined;
  answer(response, document === undefined ? 404 : 200, document ?? {});
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MOST_BODY_BYTES) throw new Error('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
