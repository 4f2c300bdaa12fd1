import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createTableDns, type TableDnsEntry } from '../dns/table-dns.ts';
import { parseAllowedTargets } from './allowed-target.ts';
import type { Egress, EgressRequest } from './egress.ts';
import { EgressError } from './egress-error.ts';
import { createEgress, type EgressOptions } from './guarded-egress.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listen(server: Server | TcpServer, host = '127.0.0.1', port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  closers.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const serve = (answer: RequestListener, host?: string, port?: number) =>
  listen(createServer(answer), host, port);

function open(options: Partial<EgressOptions> & { table?: Record<string, TableDnsEntry> } = {}): Egress {
  const { table = { 'erp.example': { addresses: ['127.0.0.1'] } }, ...rest } = options;
  const egress = createEgress({
    dns: createTableDns(table),
    allow: parseAllowedTargets('127.0.0.1'),
    ...rest,
  });
  closers.push(() => egress.close());
  return egress;
}

async function failure(attempt: Promise<unknown>): Promise<EgressError> {
  const outcome = await attempt.then(
    () => new Error('no failure'),
    (error: unknown) => error,
  );
  if (outcome instanceof EgressError) return outcome;
  throw outcome;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks;
}

const get = (url: string, more: Partial<EgressRequest> = {}): EgressRequest => ({
  method: 'GET',
  url,
  ...more,
});

describe('an exchange', () => {
  it('sends method, path, header fields and body, and gives status, header fields and bytes', async () => {
    const port = await serve(async (request, response) => {
      const seen = {
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: await bodyOf(request),
      };
      response.writeHead(422, { 'x-a': ['1', '2'] }).end(JSON.stringify(seen));
    });
    const answer = await open().fetch({
      method: 'POST',
      url: `http://erp.example:${port}/events?x=1`,
      headers: { 'Content-Type': 'application/json', 'webhook-id': 'msg_1' },
      body: '{"straße":1}',
    });
    expect(answer).toMatchObject({
      status: 422,
      headers: { 'x-a': '1, 2' },
      url: `http://erp.example:${port}/events?x=1`,
    });
    expect(JSON.parse(Buffer.from(answer.body).toString())).toMatchObject({
      method: 'POST',
      url: '/events?x=1',
      headers: {
        host: `erp.example:${port}`,
        'content-type': 'application/json',
        'webhook-id': 'msg_1',
        'content-length': '13',
      },
      body: '{"straße":1}',
    });
  });

  it('keeps connections open for the next requests', async () => {
    const ports = new Set<number | undefined>();
    const port = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('ok');
    });
    const egress = open();
    for (let i = 0; i < 20; i += 1) await egress.fetch(get(`http://erp.example:${port}/`));
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('decodes compressed answers, streamed or whole', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('Abrechnung'));
    });
    const egress = open();
    const whole = await egress.fetch(get(`http://erp.example:${port}/`));
    const stream = await egress.stream(get(`http://erp.example:${port}/`));
    expect(Buffer.from(whole.body).toString()).toBe('Abrechnung');
    expect(Buffer.concat(await collect(stream.body)).toString()).toBe('Abrechnung');
  });

  it('accepts an answer to HEAD that announces a coding and carries nothing', async () => {
    const port = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(),
    );
    const egress = open();
    const request: EgressRequest = { method: 'HEAD', url: `http://erp.example:${port}/` };
    expect((await egress.fetch(request)).body).toHaveLength(0);
    expect(await collect((await egress.stream(request)).body)).toEqual([]);
  });

  it('streams more than fits into memory limits of buffered answers', async () => {
    const chunk = Buffer.alloc(65_536, 7);
    const port = await serve(async (_request, response) => {
      for (let i = 0; i < 64; i += 1) {
        if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
      }
      response.end();
    });
    const stream = await open().stream(get(`http://erp.example:${port}/`, { maxResponseBytes: 8_000_000 }));
    let size = 0;
    for await (const part of stream.body) size += part.length;
    expect(size).toBe(64 * 65_536);
  });
});

describe('addresses', () => {
  it('refuses a private address and a name that leads to one', async () => {
    const port = await serve((_request, response) => response.end());
    const egress = open({ allow: [] });
    for (const host of ['127.0.0.1', 'erp.example', '2130706433', '[::ffff:127.0.0.1]']) {
      const error = await failure(egress.fetch(get(`http://${host}:${port}/`)));
      expect(error).toMatchObject({ code: 'ADDRESS_REFUSED', transient: false });
      expect(error.message).not.toContain('10.');
    }
  });

  it('allows a range for one request without opening it for the next', async () => {
    const port = await serve((_request, response) => response.end('in'));
    const egress = open({ allow: [] });
    const url = `http://erp.example:${port}/`;
    const allowed = await egress.fetch(get(url, { allow: parseAllowedTargets(`127.0.0.1:${port}`) }));
    expect(allowed.status).toBe(200);
    expect(await failure(egress.fetch(get(url)))).toMatchObject({ code: 'ADDRESS_REFUSED' });
    const otherPort = parseAllowedTargets(`127.0.0.1:${port === 65_535 ? 1 : port + 1}`);
    expect(await failure(egress.fetch(get(url, { allow: otherPort })))).toMatchObject({
      code: 'ADDRESS_REFUSED',
    });
  });

  it('goes to the address it checked although the name has moved (DNS rebinding), and refuses the name at the next check', async () => {
    const port = await serve((_request, response) => response.end('checked'));
    let stolen = 0;
    await serve(
      (_request, response) => {
        stolen += 1;
        response.end('private');
      },
      '127.0.0.9',
      port,
    );
    const answers = [['127.0.0.1'], ['127.0.0.9']];
    let asked = 0;
    const addresses = () => answers[Math.min(asked++, 1)] ?? [];
    const egress = open({ table: { 'rebind.example': { addresses } }, recheckMs: 0 });

    const first = await egress.fetch(get(`http://rebind.example:${port}/`));
    expect(Buffer.from(first.body).toString()).toBe('checked');
    expect(asked).toBe(1);
    expect(await failure(egress.fetch(get(`http://rebind.example:${port}/`)))).toMatchObject({
      code: 'ADDRESS_REFUSED',
    });
    expect(stolen).toBe(0);
  });

  it('tries the next address when one does not answer', async () => {
    const port = await serve((_request, response) => response.end('second'), '127.0.0.3');
    const egress = open({
      table: { 'two.example': { addresses: ['127.0.0.2', '127.0.0.3'] } },
      allow: parseAllowedTargets('127.0.0.0/8'),
    });
    expect(Buffer.from((await egress.fetch(get(`http://two.example:${port}/`))).body).toString()).toBe(
      'second',
    );
  });

  it('opens new connections when the name has moved to another acceptable address', async () => {
    const port = await serve((_request, response) => response.end('old'));
    await serve((_request, response) => response.end('new'), '127.0.0.5', port);
    let current = '127.0.0.1';
    const egress = open({
      table: { 'moves.example': { addresses: () => [current] } },
      allow: parseAllowedTargets('127.0.0.0/8'),
      recheckMs: 0,
    });
    const ask = async () =>
      Buffer.from((await egress.fetch(get(`http://moves.example:${port}/`))).body).toString();
    expect(await ask()).toBe('old');
    current = '127.0.0.5';
    expect(await ask()).toBe('new');
  });

  it('asks the name service once for many requests at the same time', async () => {
    const port = await serve((_request, response) => response.end());
    let asked = 0;
    const addresses = () => {
      asked += 1;
      return ['127.0.0.1'];
    };
    const egress = open({ table: { 'erp.example': { addresses } } });
    await Promise.all(Array.from({ length: 20 }, () => egress.fetch(get(`http://erp.example:${port}/`))));
    expect(asked).toBe(1);
  });

  it('tells unknown names, for good, from a silent name service, for now', async () => {
    const egress = open();
    expect(await failure(egress.fetch(get('http://nowhere.example/')))).toMatchObject({
      code: 'DNS_FAILED',
      transient: false,
    });
    const silent = createEgress({ dns: { ...createTableDns({}), lookup: () => new Promise(() => {}) } });
    closers.push(() => silent.close());
    const error = await failure(silent.fetch(get('http://erp.example/', { timeoutMs: 20 })));
    expect(error).toMatchObject({ code: 'TIMEOUT', transient: true });
  });

  it('checks a URL without calling it', async () => {
    const egress = open();
    await expect(egress.check('http://erp.example/')).resolves.toBeUndefined();
    expect(await failure(egress.check('http://10.0.0.1/'))).toMatchObject({ code: 'ADDRESS_REFUSED' });
    expect(await failure(egress.check('ldap://erp.example/'))).toMatchObject({ code: 'INVALID_URL' });
  });
});

describe('redirects', () => {
  it('are answers like any other unless asked for', async () => {
    const port = await serve((_request, response) =>
      response.writeHead(302, { location: '/next' }).end('moved'),
    );
    const answer = await open().fetch(get(`http://erp.example:${port}/`));
    expect(answer).toMatchObject({ status: 302, headers: { location: '/next' } });
  });

  it('keep credentials on the same origin and drop them, with every unknown field, on another', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const port = await serve((request, response) => {
      seen.push(request.headers);
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
      else if (request.url === '/b')
        response.writeHead(302, { location: `http://other.example:${port}/c` }).end();
      else response.end('done');
    });
    const egress = open({
      table: { 'erp.example': { addresses: ['127.0.0.1'] }, 'other.example': { addresses: ['127.0.0.1'] } },
    });
    const headers = { authorization: 'Bearer s3cret', 'x-api-key': 's3cret', accept: 'application/pdf' };
    const answer = await egress.fetch(get(`http://erp.example:${port}/a`, { headers, redirects: 3 }));
    expect(answer.url).toBe(`http://other.example:${port}/c`);
    expect(seen[1]).toMatchObject(headers);
    expect(seen[2]).toMatchObject({ accept: 'application/pdf', host: `other.example:${port}` });
    expect(JSON.stringify(seen[2])).not.toContain('s3cret');
  });

  it.each(['http://10.0.0.1/', 'http://169.254.169.254/latest/', 'http://[::1]/', '//127.0.0.2/'])(
    'to %s are refused',
    async (location) => {
      const port = await serve((_request, response) => response.writeHead(307, { location }).end());
      const error = await failure(open().fetch(get(`http://erp.example:${port}/`, { redirects: 3 })));
      expect(error).toMatchObject({ code: 'ADDRESS_REFUSED' });
    },
  );

  it.each(['ftp://erp.example/', 'http://user:pw@erp.example/', 'javascript:alert(1)'])(
    'to %s are refused',
    async (location) => {
      const port = await serve((_request, response) => response.writeHead(307, { location }).end());
      const error = await failure(open().stream(get(`http://erp.example:${port}/`, { redirects: 1 })));
      expect(error).toMatchObject({ code: 'INVALID_URL' });
    },
  );

  it('end after the permitted number', async () => {
    let hops = 0;
    const port = await serve((_request, response) => {
      hops += 1;
      response.writeHead(302, { location: '/again' }).end();
    });
    const error = await failure(open().fetch(get(`http://erp.example:${port}/`, { redirects: 3 })));
    expect(error).toMatchObject({ code: 'TOO_MANY_REDIRECTS', transient: false });
    expect(hops).toBe(4);
  });

  it('turn POST into GET for 303, repeat it for 307, and never carry a body to another origin', async () => {
    const seen: string[] = [];
    const port = await serve(async (request, response) => {
      seen.push(`${request.method} ${request.url} ${await bodyOf(request)}`);
      if (request.url === '/303') response.writeHead(303, { location: '/end' }).end();
      else if (request.url === '/307') response.writeHead(307, { location: '/end' }).end();
      else if (request.url === '/away')
        response.writeHead(307, { location: `http://127.0.0.1:${port}/end` }).end();
      else response.end();
    });
    const egress = open();
    const post = (path: string) =>
      egress.fetch({
        method: 'POST',
        url: `http://erp.example:${port}${path}`,
        body: 'client_secret=x',
        redirects: 1,
      });
    await post('/303');
    await post('/307');
    expect(await failure(post('/away'))).toMatchObject({ code: 'REDIRECT_REFUSED' });
    expect(seen).toEqual([
      'POST /303 client_secret=x',
      'GET /end ',
      'POST /307 client_secret=x',
      'POST /end client_secret=x',
      'POST /away client_secret=x',
    ]);
  });
});

describe('limits', () => {
  it('ends an answer that is too large, whole or streamed, announced or not', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/length')
        response.writeHead(200, { 'content-length': '5000' }).end(Buffer.alloc(5000));
      else if (request.url === '/zip')
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000)));
      else response.write(Buffer.alloc(5000));
    });
    const egress = open();
    for (const path of ['/length', '/chunked', '/zip']) {
      const request = get(`http://erp.example:${port}${path}`, { maxResponseBytes: 4999 });
      expect(await failure(egress.fetch(request))).toMatchObject({
        code: 'RESPONSE_TOO_LARGE',
        transient: false,
      });
      const { body } = await egress.stream(request);
      expect(await failure(collect(body))).toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
    }
    const exact = await egress.fetch(get(`http://erp.example:${port}/length`, { maxResponseBytes: 5000 }));
    expect(exact.body).toHaveLength(5000);
  });

  it('ends an exchange in time, before the answer and in the middle of it', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/drip') response.write('a');
    });
    const egress = open();
    const silent = await failure(egress.fetch(get(`http://erp.example:${port}/`, { timeoutMs: 30 })));
    expect(silent).toMatchObject({ code: 'TIMEOUT', transient: true });
    expect(
      await failure(egress.fetch(get(`http://erp.example:${port}/drip`, { timeoutMs: 30 }))),
    ).toMatchObject({ code: 'TIMEOUT' });
    const { body } = await egress.stream(get(`http://erp.example:${port}/drip`, { timeoutMs: 30 }));
    expect(await failure(collect(body))).toMatchObject({ code: 'TIMEOUT' });
  });

  it('survives a stream that fails before anybody reads it', async () => {
    const port = await serve((_request, response) => response.write('a'));
    const { body } = await open().stream(get(`http://erp.example:${port}/`, { timeoutMs: 20 }));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await failure(collect(body))).toMatchObject({ code: 'TIMEOUT' });
  });

  it('closes the connection when the reader of a stream leaves', async () => {
    const closed = Promise.withResolvers<void>();
    const port = await serve((_request, response) => {
      response.on('close', () => closed.resolve());
      response.write(Buffer.alloc(1000));
    });
    const { body } = await open().stream(get(`http://erp.example:${port}/`));
    for await (const _part of body) break;
    await closed.promise;
  });

  it('refuses further requests for an origin where too many wait, and only for that one', async () => {
    const slow = await serve(() => {});
    const quick = await serve((_request, response) => response.end());
    const egress = open({ connectionsPerOrigin: 1, requestsPerOrigin: 2 });
    const waiting = [1, 2].map(() =>
      failure(egress.fetch(get(`http://erp.example:${slow}/`, { timeoutMs: 200 }))),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    const refused = await failure(egress.fetch(get(`http://erp.example:${slow}/`)));
    expect(refused).toMatchObject({ code: 'OVERLOADED', transient: true });
    expect((await egress.fetch(get(`http://erp.example:${quick}/`))).status).toBe(200);
    expect((await Promise.all(waiting)).map(({ code }) => code)).toEqual(['TIMEOUT', 'TIMEOUT']);
  });

  it('keeps working when more origins are called than pools are kept', async () => {
    const port = await serve((_request, response) => response.end());
    const table = Object.fromEntries(
      Array.from({ length: 6 }, (_, i) => [`o${i}.example`, { addresses: ['127.0.0.1'] }]),
    );
    const egress = open({ table, origins: 2 });
    const urls = [...Object.keys(table), ...Object.keys(table)].map((host) => `http://${host}:${port}/`);
    const answers = await Promise.all(urls.map((url) => egress.fetch(get(url))));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });
});

describe('requests that cannot be sent', () => {
  it.each([
    { 'x-a': 'one\r\nx-b: two' },
    { 'x-a': 'one\ntwo' },
    { 'x-a': 'nul\0' },
    { 'x-a': 'eu€o' },
    { 'bad name': 'x' },
    { 'x-a\r\nx-b': 'x' },
    { '': 'x' },
    { host: 'internal.example' },
    { Host: 'internal.example' },
    { 'Transfer-Encoding': 'chunked' },
    { 'content-length': '5' },
    { connection: 'x-secret' },
    { 'x-a': '1', 'X-A': '2' },
  ])('with header fields %j', async (headers) => {
    let called = false;
    const port = await serve((_request, response) => {
      called = true;
      response.end();
    });
    const error = await failure(open().fetch(get(`http://erp.example:${port}/`, { headers })));
    expect(error).toMatchObject({ code: 'INVALID_REQUEST', transient: false });
    expect(called).toBe(false);
  });
});

describe('failures of the other side', () => {
  it('nobody listens', async () => {
    const port = await serve(() => {});
    await closers.pop()?.();
    expect(await failure(open().fetch(get(`http://erp.example:${port}/`)))).toMatchObject({
      code: 'CONNECT_FAILED',
      transient: true,
    });
  });

  it('the connection ends before or within the answer', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/within') response.writeHead(200, { 'content-length': '10' }).write('half');
      setTimeout(() => request.socket.destroy(), 5);
    });
    for (const path of ['/before', '/within']) {
      const error = await failure(open().fetch(get(`http://erp.example:${port}${path}`)));
      expect(error).toMatchObject({ code: 'CONNECTION_LOST', transient: true });
    }
  });

  it('the answer is no HTTP, not decodable, or in an unknown coding', async () => {
    const garbage = await listen(createTcpServer((socket) => socket.resume().end('SSH-2.0-OpenSSH_9.2\r\n')));
    const broken = await serve((request, response) => {
      response
        .writeHead(200, { 'content-encoding': request.url === '/unknown' ? 'zstd' : 'gzip' })
        .end('plain text');
    });
    const egress = open();
    for (const url of [
      `http://erp.example:${garbage}/`,
      `http://erp.example:${broken}/`,
      `http://erp.example:${broken}/unknown`,
    ]) {
      expect(await failure(egress.fetch(get(url)))).toMatchObject({
        code: 'INVALID_RESPONSE',
        transient: false,
      });
    }
    const { body } = await egress.stream(get(`http://erp.example:${broken}/`));
    expect(await failure(collect(body))).toMatchObject({ code: 'INVALID_RESPONSE' });
  });

  it('the egress has been closed', async () => {
    const egress = open();
    await egress.close();
    expect(await failure(egress.fetch(get('http://erp.example/')))).toMatchObject({ code: 'CLOSED' });
  });
});

describe('TLS', () => {
  const certificate = readFileSync(new URL('fixtures/erp.example.crt', import.meta.url), 'utf8');
  const key = readFileSync(new URL('fixtures/erp.example.key', import.meta.url), 'utf8');

  async function serveTls(): Promise<{ port: number; names: unknown[] }> {
    const names: unknown[] = [];
    const server = createTlsServer({ cert: certificate, key }, (_request, response) =>
      response.end('secure'),
    );
    server.on('secureConnection', (socket) => names.push(socket.servername));
    return { port: await listen(server), names };
  }

  const table = {
    'erp.example': { addresses: ['127.0.0.1'] },
    'other.example': { addresses: ['127.0.0.1'] },
  };

  it('asks for and verifies the name, although the connection goes to an address', async () => {
    const { port, names } = await serveTls();
    const egress = open({ table, ca: [certificate] });
    expect((await egress.fetch(get(`https://erp.example:${port}/`))).status).toBe(200);
    expect(names).toEqual(['erp.example']);
    const other = await failure(egress.fetch(get(`https://other.example:${port}/`)));
    expect(other).toMatchObject({ code: 'TLS_FAILED', transient: false });
  });

  it('trusts no unknown authority and takes no plain HTTP for TLS', async () => {
    const { port } = await serveTls();
    const plain = await serve((_request, response) => response.end());
    const egress = open({ table });
    expect(await failure(egress.fetch(get(`https://erp.example:${port}/`)))).toMatchObject({
      code: 'TLS_FAILED',
    });
    expect(await failure(egress.fetch(get(`https://erp.example:${plain}/`)))).toMatchObject({
      code: 'TLS_FAILED',
    });
  });

  it('does not follow a redirect from https to http', async () => {
    const server = createTlsServer({ cert: certificate, key }, (_request, response) =>
      response.writeHead(302, { location: 'http://erp.example/' }).end(),
    );
    const port = await listen(server);
    const egress = open({ table, ca: [certificate] });
    const error = await failure(egress.fetch(get(`https://erp.example:${port}/`, { redirects: 1 })));
    expect(error).toMatchObject({ code: 'REDIRECT_REFUSED' });
  });
});

describe('the environment', () => {
  it('names no proxy that would be used', async () => {
    const port = await serve((_request, response) => response.end('direct'));
    const before = process.env['http_proxy'];
    process.env['http_proxy'] = 'http://127.0.0.1:1';
    try {
      expect(Buffer.from((await open().fetch(get(`http://erp.example:${port}/`))).body).toString()).toBe(
        'direct',
      );
    } finally {
      if (before === undefined) delete process.env['http_proxy'];
      else process.env['http_proxy'] = before;
    }
  });
});
