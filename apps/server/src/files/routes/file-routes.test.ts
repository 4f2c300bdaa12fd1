import { beforeAll, describe, expect, it } from 'vitest';
import { FileClient, MINUTE, PDF } from '../testing/file-client.ts';

let client: FileClient;

beforeAll(async () => {
  client = await FileClient.start();
});

describe('the upload link', () => {
  it('counts for 15 minutes, as it is, and until the upload is saved', async () => {
    const { s3ref, uploadUrl, put } = await client.upload('a.pdf');
    expect(put.status).toBe(200);
    const again = (url: unknown) => client.open(url, { method: 'PUT', body: Buffer.concat([PDF, PDF]) });
    expect((await again(String(uploadUrl).replace('signature=', 'signature=x'))).status).toBe(403);
    expect((await again(String(uploadUrl).replace(/expires_at=\d/, 'expires_at=9'))).status).toBe(403);
    expect((await client.later(16 * MINUTE, () => again(uploadUrl))).status).toBe(403);
    expect((await again(uploadUrl)).status).toBe(200);
    expect((await client.save({ s3ref })).body['size_bytes']).toBe(2 * PDF.length);
    expect((await again(uploadUrl)).status).toBe(404);
  });

  it('takes 50 MiB and not a byte more', async () => {
    const issued = await client.ask('POST', '/v2/files/upload', { filename: 'a.bin' });
    const put = (size: number) =>
      client.open(issued.body['upload_url'], { method: 'PUT', body: Buffer.alloc(size) });
    expect((await put(50 * 1024 * 1024)).status).toBe(200);
    expect((await put(50 * 1024 * 1024 + 1)).status).toBe(413);
  });
});

describe('downloading', () => {
  it('gives the bytes for 15 minutes, and lets no browser run them', async () => {
    const file = await client.savedFile();
    const url = await client.downloadUrl(file['_id'], '?x-track-portal-id=p1&x-other=1');
    expect(String(url)).toContain('x-track-portal-id=p1');
    expect(String(url)).not.toContain('x-other');
    const answer = await client.open(url);
    expect(answer).toMatchObject({ status: 200, bytes: PDF });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="Rechnung M_rz.pdf"; filename*=UTF-8''Rechnung%20M%C3%A4rz.pdf`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'accept-ranges': 'bytes',
    });
    const shown = await client.open(await client.downloadUrl(file['_id'], '?attachment=false'));
    expect(String(shown.headers['content-disposition'])).toMatch(/^inline/);
    expect((await client.open(String(url).replace('p1', 'p2'))).status).toBe(403);
    expect((await client.later(16 * MINUTE, () => client.open(url))).status).toBe(403);
  });

  it('gives a client its own type alone', async () => {
    const url = await client.downloadUrl((await client.savedFile())['_id']);
    expect((await client.open(url, { headers: { accept: 'application/pdf' } })).status).toBe(200);
  });

  it('never shows a page or a drawing inline', async () => {
    for (const [filename, bytes] of [
      ['x.svg', '<svg/>'],
      ['x.html', '<script>'],
    ] as const) {
      const { s3ref } = await client.upload(filename, Buffer.from(bytes));
      const file = await client.save({ s3ref });
      const answer = await client.open(await client.downloadUrl(file.body['_id'], '?attachment=false'));
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
    const url = await client.downloadUrl((await client.savedFile())['_id']);
    const answer = await client.open(url, { headers: { range } });
    expect(answer.status).toBe(status);
    if (text !== undefined) expect(answer.bytes.toString()).toBe(text);
    expect(answer.headers['content-range']).toBe(contentRange && `${contentRange}/${PDF.length}`);
    const head = await client.open(url, { method: 'HEAD', headers: { range } });
    expect([head.status, head.bytes.length]).toEqual([status, 0]);
  });

  it('knows what the client has', async () => {
    const url = await client.downloadUrl((await client.savedFile())['_id']);
    const { headers } = await client.open(url);
    const etag = String(headers['etag']);
    expect((await client.open(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await client.open(url, { headers: { range: 'bytes=0-1', 'if-range': etag } })).status).toBe(206);
    expect((await client.open(url, { headers: { range: 'bytes=0-1', 'if-range': '"old"' } })).status).toBe(
      200,
    );
  });
});

describe('public files', () => {
  it('have an address for everybody, until they are closed', async () => {
    const file = await client.savedFile({ access_control: 'public-read' });
    expect(await client.open(file['public_url'])).toMatchObject({ status: 200, bytes: PDF });
    const closed = await client.save({ _id: file['_id'], access_control: 'private' });
    expect(closed.body['public_url']).toBeUndefined();
    expect((await client.open(file['public_url'])).status).toBe(404);
    const opened = await client.save({ _id: file['_id'], access_control: 'public-read' });
    expect(opened.body['public_url']).toBe(file['public_url']);
    expect((await client.open(file['public_url'])).status).toBe(200);
    const path = `/v1/entity/file/${String(file['_id'])}`;
    expect((await client.ask('PATCH', path, { access_control: 'private' })).status).toBe(200);
    expect((await client.open(file['public_url'])).status).toBe(404);
    await client.ask('PATCH', path, { access_control: 'public-read' });
    await client.ask('DELETE', path);
    expect((await client.open(file['public_url'])).status).toBe(404);
  });
});

describe('files outside', () => {
  const outside = 'https://archive.example/get?file_id=123&b=%C3%A4';
  const verify = async (url: unknown, as = client.token) =>
    (await client.ask('POST', '/v1/files/download:verify', { custom_download_url: String(url) }, as)).body[
      'valid'
    ];

  it('are linked with a signature that only this organisation gives, whatever the order', async () => {
    const file = await client.save({ filename: 'alt.pdf', custom_download_url: outside });
    expect(file).toMatchObject({
      status: 200,
      body: { custom_download_url: outside, type: 'document', versions: [] },
    });
    const url = new URL(String(await client.downloadUrl(file.body['_id'])));
    expect(url.searchParams.get('file_id')).toBe('123');
    expect(await verify(url)).toBe(true);
    const turned = new URL(`${url.origin}${url.pathname}`);
    for (const [name, value] of [...url.searchParams].reverse()) turned.searchParams.append(name, value);
    expect(await verify(turned)).toBe(true);
    expect(await verify(url, (await client.server.organisation()).token)).toBe(false);
    expect(await client.later(16 * MINUTE, () => verify(url))).toBe(false);
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
    const file = await client.save({
      filename: 'a.pdf',
      custom_download_url: outside,
      custom_download_url_auth: 'token',
    });
    expect(await client.downloadUrl(file.body['_id'])).toBe(outside);
  });

  it('must be web addresses', async () => {
    expect(
      (await client.save({ filename: 'a.pdf', custom_download_url: 'javascript:alert(1)' })).status,
    ).toBe(400);
  });
});
