import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { closeAll, failure, get, listen, open, serve } from './loopback.ts';

afterEach(closeAll);

describe('TLS', () => {
  // A self-signed pair made for these tests; it secures nothing.
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
