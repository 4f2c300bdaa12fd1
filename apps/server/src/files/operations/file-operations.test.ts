import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portalCustomer } from '../../portal/service/testing/portal-customer.ts';
import { sql } from '../../storage/index.ts';
import { type TestServer, testServer } from '../../testing/test-server.ts';

let server: TestServer;
let org: string;
let token: string;

beforeAll(async () => {
  server = await testServer();
  ({ org, token } = await server.organisation());
});

const PDF = Buffer.from('%PDF-1.7\nThe invoice of March, page one of one.');
const MINUTE = 60_000;

const ask = (method: string, path: string, body?: unknown, as = token) =>
  server.request(method, path, { token: as, body });

/** A request without a token to an address that the server gave out. */
async function open(
  url: unknown,
  options: { method?: 'GET' | 'PUT' | 'HEAD'; body?: Buffer; headers?: Record<string, string> } = {},
) {
  const { pathname, search } = new URL(String(url));
  const answer = await server.busbar.http.inject({
    method: options.method ?? 'GET',
    url: `${pathname}${search}`,
    headers: { ...(options.body ? { 'content-type': 'application/octet-stream' } : {}), ...options.headers },
    ...(options.body ? { payload: options.body } : {}),
  });
  return { status: answer.statusCode, headers: answer.headers, bytes: answer.rawPayload };
}

async function upload(filename: string, bytes = PDF, mime_type?: string) {
  const issued = await ask('POST', '/v2/files/upload', { filename, ...(mime_type ? { mime_type } : {}) });
  expect(issued.status).toBe(201);
  const put = await open(issued.body['upload_url'], { method: 'PUT', body: bytes });
  return { s3ref: issued.body['s3ref'], uploadUrl: issued.body['upload_url'], put };
}

async function save(body: object, query = '', as = token) {
  return ask('POST', `/v2/files${query}`, body, as);
}

async function savedFile(more: object = {}, filename = 'Rechnung März.pdf') {
  const { s3ref } = await upload(filename);
  const saved = await save({ filename, s3ref, ...more });
  expect(saved.status).toBe(200);
  return saved.body;
}

async function downloadUrl(id: unknown, query = '') {
  return (await ask('GET', `/v1/files/${String(id)}/download${query}`)).body['download_url'];
}

/** Runs with the clock moved forwards. */
async function later<Result>(milliseconds: number, work: () => Promise<Result>): Promise<Result> {
  const before = server.clock.now();
  server.clock.advance(milliseconds);
  try {
    return await work();
  } finally {
    server.clock.set(before);
  }
}

describe('uploading and saving', () => {
  it('makes a file with its bytes, and relates it', async () => {
    const contact = await ask('POST', '/v1/entity/contact', { first_name: 'Mia' });
    const relations = [{ entity_id: contact.body['_id'], _schema: 'contact', _tags: ['invoice'] }];
    const file = await savedFile({ relations, is_invoice: true });
    expect(file).toMatchObject({
      _schema: 'file',
      filename: 'Rechnung März.pdf',
      type: 'document',
      mime_type: 'application/pdf',
      access_control: 'private',
      size_bytes: PDF.length,
      readable_size: `${PDF.length} B`,
      is_invoice: true,
      s3ref: { bucket: 'busbar' },
      versions: [{ filename: 'Rechnung März.pdf', size_bytes: PDF.length, mime_type: 'application/pdf' }],
    });
    expect(String(file['s3ref']?.['key'])).toMatch(
      new RegExp(`^${org}/[0-9a-f-]{36}/Rechnung%20M%C3%A4rz.pdf$`),
    );
    const related = await ask('GET', `/v2/entity/contact/${String(contact.body['_id'])}`);
    expect(related.body['_files']).toMatchObject({
      $relation: [{ entity_id: file['_id'], _tags: ['invoice'] }],
    });
    expect(await ask('GET', `/v2/files/${String(file['_id'])}`)).toMatchObject({
      status: 200,
      body: { _id: file['_id'] },
    });
  });

  it('adds versions, the newest first', async () => {
    const file = await savedFile();
    const { s3ref } = await upload('zweite.pdf', Buffer.concat([PDF, PDF]));
    const second = await save({ _id: file['_id'], s3ref }, '?version_only=true');
    expect(second).toMatchObject({
      status: 200,
      body: {
        filename: 'Rechnung März.pdf',
        size_bytes: 2 * PDF.length,
        versions: [{ filename: 'zweite.pdf' }, {}],
      },
    });
    const [third, fourth] = [await upload('3.pdf'), await upload('4.pdf')];
    const batch = [third, fourth].map((one) => ({ _id: file['_id'], s3ref: one.s3ref }));
    expect((await save(batch)).status).toBe(400);
    const both = await save(batch, '?version_only=true');
    expect(both.body['versions']).toMatchObject([{ filename: '4.pdf' }, { filename: '3.pdf' }, {}, {}]);
    const oldest = await open(await downloadUrl(file['_id'], '?version=3'));
    expect(oldest.bytes).toEqual(PDF);
    expect((await ask('GET', `/v1/files/${String(file['_id'])}/download?version=9`)).status).toBe(404);
  });

  it('takes back what clients have read, without a new version', async () => {
    const file = await savedFile();
    const again = await save({ ...file, category: 'invoices', size_bytes: 1 });
    expect(again).toMatchObject({ status: 200, body: { category: 'invoices', size_bytes: PDF.length } });
    expect(again.body['versions']).toHaveLength(1);
  });

  it('keeps an upload usable on request', async () => {
    const { s3ref } = await upload('vorlage.pdf');
    const [first, second] = [await save({ s3ref }, '?delete_temp_file=false'), await save({ s3ref })];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect((await open(await downloadUrl(first.body['_id']))).bytes).toEqual(PDF);
    expect((await save({ s3ref }, '?delete_temp_file=false')).status).toBe(404);
  });

  it('gives an upload to nobody but its holder, once, and only with its bytes', async () => {
    const { s3ref } = await upload('a.pdf');
    const colleague = await server.busbar.rooms.identity.issueAdminToken(org);
    const stranger = await server.organisation();
    expect((await save({ s3ref }, '', colleague)).status).toBe(404);
    expect((await save({ s3ref }, '', stranger.token)).status).toBe(404);
    expect(
      (await save({ s3ref: { ...s3ref, key: String(s3ref?.['key']).replace('a.pdf', 'b.pdf') } })).status,
    ).toBe(404);
    expect((await save({ s3ref })).status).toBe(200);
    expect((await save({ s3ref })).status).toBe(404);
    const empty = await ask('POST', '/v2/files/upload', { filename: 'a.pdf' });
    expect((await save({ s3ref: empty.body['s3ref'] })).status).toBe(404);
  });

  it.each([
    ['rechnung.pdf', Buffer.from('plain text')],
    ['foto.jpg', Buffer.from('%PDF-1.7')],
    ['tabelle.xlsx', Buffer.from('%PDF-1.7')],
    ['notiz.txt', Buffer.from('MZ\u0090 a program')],
    ['leer.pdf', Buffer.alloc(0)],
  ])('refuses %s when it is something else', async (filename, bytes) => {
    const { s3ref } = await upload(filename, bytes);
    expect(await save({ filename, s3ref })).toMatchObject({
      status: 422,
      body: { code: 'CONTENT_CONTRADICTS_NAME' },
    });
  });

  it.each(['x', 'urn:uuid:7a1b0c9e-1111-4222-8333-444455556666', '\\'])('knows no entity %s', async (id) => {
    const file = { filename: 'a.pdf', custom_download_url: 'https://a.example/x' };
    expect([400, 404]).toContain((await save({ ...file, relations: [{ entity_id: id }] })).status);
    expect([400, 404]).toContain((await save({ ...file, _id: id })).status);
    expect([400, 404]).toContain((await ask('GET', `/v2/files/${encodeURIComponent(id)}`)).status);
    expect([400, 404]).toContain(
      (await save({ s3ref: { bucket: 'busbar', key: `${org}/temp/${id}/a.pdf` } })).status,
    );
    expect(
      (await open(`http://busbar.test/files/public/${org}/${encodeURIComponent(id)}/a.pdf`)).status,
    ).toBe(404);
  });

  it('refuses an honest upload under another name', async () => {
    const { s3ref } = await upload('rechnung.pdf');
    expect((await save({ filename: 'rechnung.jpg', s3ref })).status).toBe(422);
    expect((await save({ filename: 'Rechnung vom März.PDF', s3ref })).status).toBe(200);
  });

  it('refuses names that are none, files without bytes, and unknown targets', async () => {
    for (const filename of ['../x.pdf', '', 'a\\b.pdf', 'x'.repeat(256)]) {
      expect((await ask('POST', '/v2/files/upload', { filename })).status).toBe(400);
    }
    expect((await save({ filename: 'a.pdf' })).status).toBe(400);
    expect((await save({ _id: '7a1b0c9e-1111-4222-8333-444455556666', category: 'x' })).status).toBe(404);
    const relations = [{ entity_id: '7a1b0c9e-1111-4222-8333-444455556666' }];
    const { s3ref } = await upload('a.pdf');
    expect((await save({ s3ref, relations })).status).toBe(404);
    expect((await save({ s3ref })).status).toBe(200);
  });
});

describe('the upload link', () => {
  it('counts for 15 minutes, as it is, and until the upload is saved', async () => {
    const { s3ref, uploadUrl, put } = await upload('a.pdf');
    expect(put.status).toBe(200);
    const again = (url: unknown) => open(url, { method: 'PUT', body: Buffer.concat([PDF, PDF]) });
    expect((await again(String(uploadUrl).replace('signature=', 'signature=x'))).status).toBe(403);
    expect((await again(String(uploadUrl).replace(/expires_at=\d/, 'expires_at=9'))).status).toBe(403);
    expect((await later(16 * MINUTE, () => again(uploadUrl))).status).toBe(403);
    expect((await again(uploadUrl)).status).toBe(200);
    expect((await save({ s3ref })).body['size_bytes']).toBe(2 * PDF.length);
    expect((await again(uploadUrl)).status).toBe(404);
  });

  it('takes 50 MiB and not a byte more', async () => {
    const issued = await ask('POST', '/v2/files/upload', { filename: 'a.bin' });
    const put = (size: number) =>
      open(issued.body['upload_url'], { method: 'PUT', body: Buffer.alloc(size) });
    expect((await put(50 * 1024 * 1024)).status).toBe(200);
    expect((await put(50 * 1024 * 1024 + 1)).status).toBe(413);
  });
});

describe('downloading', () => {
  it('gives the bytes for 15 minutes, and lets no browser run them', async () => {
    const file = await savedFile();
    const url = await downloadUrl(file['_id'], '?x-track-portal-id=p1&x-other=1');
    expect(String(url)).toContain('x-track-portal-id=p1');
    expect(String(url)).not.toContain('x-other');
    const answer = await open(url);
    expect(answer).toMatchObject({ status: 200, bytes: PDF });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="Rechnung M_rz.pdf"; filename*=UTF-8''Rechnung%20M%C3%A4rz.pdf`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'accept-ranges': 'bytes',
    });
    const shown = await open(await downloadUrl(file['_id'], '?attachment=false'));
    expect(String(shown.headers['content-disposition'])).toMatch(/^inline/);
    expect((await open(String(url).replace('p1', 'p2'))).status).toBe(403);
    expect((await later(16 * MINUTE, () => open(url))).status).toBe(403);
  });

  it('gives a client its own type alone', async () => {
    const url = await downloadUrl((await savedFile())['_id']);
    expect((await open(url, { headers: { accept: 'application/pdf' } })).status).toBe(200);
  });

  it('never shows a page or a drawing inline', async () => {
    for (const [filename, bytes] of [
      ['x.svg', '<svg/>'],
      ['x.html', '<script>'],
    ] as const) {
      const { s3ref } = await upload(filename, Buffer.from(bytes));
      const file = await save({ s3ref });
      const answer = await open(await downloadUrl(file.body['_id'], '?attachment=false'));
      expect(String(answer.headers['content-disposition'])).toMatch(/^attachment/);
    }
  });

  it.each([
    ['bytes=0-4', 206, '%PDF-', 'bytes 0-4'],
    ['bytes=5-', 206, PDF.subarray(5).toString(), `bytes 5-${PDF.length - 1}`],
    ['bytes=-4', 206, PDF.subarray(-4).toString(), `bytes ${PDF.length - 4}-${PDF.length - 1}`],
    ['bytes=2-99999', 206, PDF.subarray(2).toString(), `bytes 2-${PDF.length - 1}`],
    ['bytes=9999-', 416, undefined, 'bytes *'],
    ['bytes=0-1,4-5', 200, PDF.toString(), undefined],
    ['bytes=4-1', 200, PDF.toString(), undefined],
  ])('answers %s with %i', async (range, status, text, contentRange) => {
    const url = await downloadUrl((await savedFile())['_id']);
    const answer = await open(url, { headers: { range } });
    expect(answer.status).toBe(status);
    if (text !== undefined) expect(answer.bytes.toString()).toBe(text);
    expect(answer.headers['content-range']).toBe(contentRange && `${contentRange}/${PDF.length}`);
    const head = await open(url, { method: 'HEAD', headers: { range } });
    expect([head.status, head.bytes.length]).toEqual([status, 0]);
  });

  it('knows what the client has', async () => {
    const url = await downloadUrl((await savedFile())['_id']);
    const { headers } = await open(url);
    const etag = String(headers['etag']);
    expect((await open(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await open(url, { headers: { range: 'bytes=0-1', 'if-range': etag } })).status).toBe(206);
    expect((await open(url, { headers: { range: 'bytes=0-1', 'if-range': '"old"' } })).status).toBe(200);
  });
});

describe('public files', () => {
  it('have an address for everybody, until they are closed', async () => {
    const file = await savedFile({ access_control: 'public-read' });
    expect(await open(file['public_url'])).toMatchObject({ status: 200, bytes: PDF });
    const closed = await save({ _id: file['_id'], access_control: 'private' });
    expect(closed.body['public_url']).toBeUndefined();
    expect((await open(file['public_url'])).status).toBe(404);
    const opened = await save({ _id: file['_id'], access_control: 'public-read' });
    expect(opened.body['public_url']).toBe(file['public_url']);
    expect((await open(file['public_url'])).status).toBe(200);
    const path = `/v1/entity/file/${String(file['_id'])}`;
    expect((await ask('PATCH', path, { access_control: 'private' })).status).toBe(200);
    expect((await open(file['public_url'])).status).toBe(404);
    await ask('PATCH', path, { access_control: 'public-read' });
    await ask('DELETE', path);
    expect((await open(file['public_url'])).status).toBe(404);
  });
});

describe('files outside', () => {
  const outside = 'https://archive.example/get?file_id=123&b=%C3%A4';
  const verify = async (url: unknown, as = token) =>
    (await ask('POST', '/v1/files/download:verify', { custom_download_url: String(url) }, as)).body['valid'];

  it('are linked with a signature that only this organisation gives, whatever the order', async () => {
    const file = await save({ filename: 'alt.pdf', custom_download_url: outside });
    expect(file).toMatchObject({
      status: 200,
      body: { custom_download_url: outside, type: 'document', versions: [] },
    });
    const url = new URL(String(await downloadUrl(file.body['_id'])));
    expect(url.searchParams.get('file_id')).toBe('123');
    expect(await verify(url)).toBe(true);
    const turned = new URL(`${url.origin}${url.pathname}`);
    for (const [name, value] of [...url.searchParams].reverse()) turned.searchParams.append(name, value);
    expect(await verify(turned)).toBe(true);
    expect(await verify(url, (await server.organisation()).token)).toBe(false);
    expect(await later(16 * MINUTE, () => verify(url))).toBe(false);
    for (const [name, value] of [
      ['file_id', '124'],
      ['expires_at', '9999999999999'],
      ['more', '1'],
    ] as const) {
      const changed = new URL(url);
      changed.searchParams.set(name, value);
      expect(await verify(changed)).toBe(false);
    }
    expect(await verify(String(url).replace('archive.example', 'evil.example'))).toBe(false);
    expect(await verify('no address')).toBe(false);
  });

  it('are linked as they are in token mode', async () => {
    const file = await save({
      filename: 'a.pdf',
      custom_download_url: outside,
      custom_download_url_auth: 'token',
    });
    expect(await downloadUrl(file.body['_id'])).toBe(outside);
  });

  it('must be web addresses', async () => {
    expect((await save({ filename: 'a.pdf', custom_download_url: 'javascript:alert(1)' })).status).toBe(400);
  });
});

describe('deleting', () => {
  const blobs = async () => {
    const paths: string[] = [];
    for await (const { path } of server.busbar.ports.blobs.list(org)) paths.push(path);
    return paths;
  };
  const tidy = () =>
    server.busbar.rooms.recurring
      .find(({ name }) => name === 'file-housekeeping')
      ?.run(new AbortController().signal);

  it('keeps the bytes in the recycle bin and removes them with the file', async () => {
    const file = await savedFile();
    const url = await downloadUrl(file['_id']);
    expect((await ask('DELETE', `/v2/files/${String(file['_id'])}`)).status).toBe(200);
    expect((await ask('GET', `/v2/files/${String(file['_id'])}`)).status).toBe(404);
    await tidy();
    expect((await open(url)).status).toBe(200);
    const before = await blobs();
    const purged = await ask('DELETE', `/v2/files/${String(file['_id'])}?purge=true`);
    expect(purged).toMatchObject({ status: 200, body: { _id: file['_id'] } });
    expect((await open(url)).status).toBe(404);
    await tidy();
    expect(await blobs()).toHaveLength(before.length - 1);
  });

  it('of uploads that nobody saves comes after a week', async () => {
    const { s3ref } = await upload('bald-weg.pdf');
    await later(6 * 24 * 60 * MINUTE, async () => tidy());
    const rows = () =>
      server.busbar.storage.database
        .tenant(org)
        .query(sql`select 1 from file_object where org_id = ${org} and filename = 'bald-weg.pdf'`);
    expect(await rows()).toHaveLength(1);
    await later(8 * 24 * 60 * MINUTE, async () => tidy());
    expect(await rows()).toHaveLength(0);
    expect((await save({ s3ref })).status).toBe(404);
  });
});

describe('files from an address', () => {
  let archive: Server;
  let base: string;

  beforeAll(async () => {
    archive = createServer((request, response) => {
      if (request.url === '/alt/Rechnung%201.pdf')
        response.setHeader('content-type', 'application/pdf').end(PDF);
      else response.writeHead(404).end('gone');
    });
    await new Promise<void>((resolve) => archive.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(archive.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => archive.close(resolve)));

  it('are fetched once and kept', async () => {
    const source_url = `${base}/alt/Rechnung%201.pdf`;
    const file = await save({ source_url });
    expect(file).toMatchObject({
      status: 200,
      body: { filename: 'Rechnung 1.pdf', mime_type: 'application/pdf', size_bytes: PDF.length, source_url },
    });
    expect((await open(await downloadUrl(file.body['_id']))).bytes).toEqual(PDF);
  });

  it.each([
    ['that answers something else', () => `${base}/other.pdf`],
    ['inside the network', () => 'http://10.0.0.1/a.pdf'],
    ['of the machine itself under another name', () => 'http://[::1]/a.pdf'],
  ])('are refused for an address %s', async (_name, url) => {
    expect(await save({ source_url: url() })).toMatchObject({
      status: 422,
      body: { code: 'SOURCE_NOT_AVAILABLE' },
    });
  });
});

describe('a portal user', () => {
  it('may upload, and does not see the files of the utility', async () => {
    const customer = await portalCustomer();
    const issued = await customer.ask('POST', '/v2/files/upload', { filename: 'ausweis.pdf' });
    expect(issued.status).toBe(201);
    expect((await open(issued.body['upload_url'], { method: 'PUT', body: PDF })).status).toBe(200);
    const taken = await save({ s3ref: issued.body['s3ref'] }, '', customer.admin);
    expect(taken.status).toBe(404);
    const file = await save(
      { filename: 'a.pdf', custom_download_url: 'https://a.example/x' },
      '',
      customer.admin,
    );
    for (const path of [
      `/v2/files/${String(file.body['_id'])}`,
      `/v1/files/${String(file.body['_id'])}/download`,
    ]) {
      expect((await customer.ask('GET', path)).status).toBe(401);
    }
  });
});

describe('strict answers', () => {
  it('keep members that the schema does not know apart', async () => {
    const file = await savedFile({ colour: 'red', category: 'invoices' });
    expect(file['colour']).toBe('red');
    const strict = await ask('GET', `/v2/files/${String(file['_id'])}?strict=true&source_url=true`);
    expect(strict.body).toMatchObject({ category: 'invoices', __additional: { colour: 'red' } });
    expect(strict.body['colour']).toBeUndefined();
    expect((await open(strict.body['source_url'])).bytes).toEqual(PDF);
  });
});
