import { createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { EgressRequest } from './egress.ts';
import { bodyOf, closeAll, closers, collect, failure, get, listen, open, serve } from './loopback.ts';

afterEach(closeAll);

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

  it('gives an exchange up when its caller does, before it begins, while it waits and in the middle of the answer', async () => {
    const asked = Promise.withResolvers<void>();
    const port = await serve((request, response) => {
      if (request.url === '/drip') response.write('a');
      else asked.resolve();
    });
    const egress = open();
    const closed = { code: 'CLOSED', transient: true };
    const url = `http://erp.example:${port}/`;
    expect(await failure(egress.fetch(get(url, { signal: AbortSignal.abort() })))).toMatchObject(closed);
    const waiting = new AbortController();
    const silent = failure(egress.fetch(get(url, { signal: waiting.signal })));
    await asked.promise;
    waiting.abort();
    expect(await silent).toMatchObject(closed);
    const reading = new AbortController();
    const { body } = await egress.stream(get(`${url}drip`, { signal: reading.signal }));
    reading.abort();
    expect(await failure(collect(body))).toMatchObject(closed);
  });

  it('survives a stream that fails before anybody reads it', async () => {
    const port = await serve((_request, response) => response.write('a'));
    const { body } = await open().stream(get(`http://erp.example:${port}/`, { timeoutMs: 400 }));
    await new Promise((resolve) => setTimeout(resolve, 450));
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

  it('forgets every request once it is over, however it ended', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/large' }).end();
      else if (request.url === '/lost') request.socket.destroy();
      else if (request.url === '/large') response.end(Buffer.alloc(2000));
      else response.write('a');
    });
    const egress = open({ requestsPerOrigin: 2 });
    const url = (path: string) => `http://erp.example:${port}${path}`;
    for (let i = 0; i < 3; i += 1) {
      await egress.fetch(get(url('/large')));
      await egress.fetch(get(url('/moved'), { redirects: 1 }));
      expect((await failure(egress.fetch(get(url('/large'), { maxResponseBytes: 10 })))).code).toBe(
        'RESPONSE_TOO_LARGE',
      );
      expect((await failure(egress.fetch(get(url('/lost'))))).code).toBe('CONNECTION_LOST');
      expect((await failure(egress.fetch(get(url('/drip'), { timeoutMs: 20 })))).code).toBe('TIMEOUT');
      for await (const _chunk of (await egress.stream(get(url('/drip')))).body) break;
    }
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
