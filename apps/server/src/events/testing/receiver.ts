import { createHmac, verify } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';

/** A request as it arrived. */
export interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A webhook receiver on loopback: keeps what it gets and answers what the test says. */
export interface Receiver {
  readonly port: number;
  readonly url: string;
  readonly received: Received[];
  answer: (request: Received) => Answer | Promise<Answer>;
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const item = { method: request.method, path: request.url, headers: request.headers, body };
    received.push(item);
    const { status, body: text = '', headers = {} } = await receiver.answer(item);
    response.writeHead(status, headers).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const receiver: Receiver = {
    port,
    url: `http://127.0.0.1:${port}`,
    received,
    answer: () => ({ status: 200 }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
}

/** Checks a message by the rules of Standard Webhooks, from the specification and without code of the sender. Answers what is wrong. */
export function signatureProblems(
  { headers, body }: Received,
  keys: { readonly secret: string; readonly publicKey: string; readonly now: Date },
): string[] {
  const id = String(headers['webhook-id']);
  const timestamp = String(headers['webhook-timestamp']);
  const signed = Buffer.from(`${id}.${timestamp}.${body}`);
  const [asymmetric = '', symmetric = '', ...more] = String(headers['webhook-signature']).split(' ');
  const expected = createHmac('sha256', Buffer.from(keys.secret.replace(/^whsec_/, ''), 'base64'))
    .update(signed)
    .digest('base64');
  const [version, signature = ''] = asymmetric.split(',');
  return [
    ...(/^msg_[0-9A-Z]{26}$/.test(id) ? [] : ['the id is no message id']),
    ...(Math.abs(keys.now.getTime() / 1000 - Number(timestamp)) < 300 ? [] : ['the timestamp is old']),
    ...(symmetric === `v1,${expected}` ? [] : ['the HMAC does not match']),
    ...(version === 'v1a' && verify(null, signed, keys.publicKey, Buffer.from(signature, 'base64'))
      ? []
      : ['the Ed25519 signature does not match']),
    ...(more.length === 0 ? [] : ['there are more than two signatures']),
  ];
}
