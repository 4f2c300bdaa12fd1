import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createTableDns } from '../dns/table-dns.ts';
import { parseAllowedTargets } from './allowed-target.ts';
import { createEgress } from './guarded-egress.ts';
import { bodyOf, closeAll, closers, failure, get, open, serve } from './loopback.ts';

afterEach(closeAll);

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

  it('speaks plain http to opened networks only, where a request wants that', async () => {
    const port = await serve((_request, response) => response.end('inside'));
    const table = {
      'public.example': { addresses: ['93.184.216.34'] },
      'erp.example': { addresses: ['127.0.0.1'] },
    };
    const egress = open({ table });
    const inside = await egress.fetch(get(`http://erp.example:${port}/`, { tlsOutside: true }));
    expect(Buffer.from(inside.body).toString()).toBe('inside');
    for (const host of ['public.example', '93.184.216.34']) {
      const outside = egress.fetch(get(`http://${host}/`, { tlsOutside: true, timeoutMs: 1_000 }));
      expect(await failure(outside)).toMatchObject({ code: 'TLS_REQUIRED', transient: false });
    }
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
