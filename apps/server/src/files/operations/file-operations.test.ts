import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portalCustomer } from '../../portal/service/testing/portal-customer.ts';
import { sql } from '../../storage/index.ts';
import { FileClient, PDF } from '../testing/file-client.ts';

let client: FileClient;

beforeAll(async () => {
  client = await FileClient.start();
});

describe('uploading and saving', () => {
  it('makes a file with its bytes, and relates it', async () => {
    const contact = await client.ask('POST', '/v1/entity/contact', { first_name: 'Mia' });
    const relations = [{ entity_id: contact.body['_id'], _schema: 'contact', _tags: ['invoice'] }];
    const file = await client.savedFile({ relations, is_invoice: true });
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
      new RegExp(`^${client.org}/[0-9a-f-]{36}/Rechnung%20M%C3%A4rz.pdf$`),
    );
    const related = await client.ask('GET', `/v2/entity/contact/${String(contact.body['_id'])}`);
    expect(related.body['_files']).toMatchObject({
      $relation: [{ entity_id: file['_id'], _tags: ['invoice'] }],
    });
    expect(await client.ask('GET', `/v2/files/${String(file['_id'])}`)).toMatchObject({
      status: 200,
      body: { _id: file['_id'] },
    });
  });

  it('adds versions, the newest first', async () => {
    const file = await client.savedFile();
    const { s3ref } = await client.upload('zweite.pdf', Buffer.concat([PDF, PDF]));
    const second = await client.save({ _id: file['_id'], s3ref }, '?version_only=true');
    expect(second).toMatchObject({
      status: 200,
      body: {
        filename: 'Rechnung März.pdf',
        size_bytes: 2 * PDF.length,
        versions: [{ filename: 'zweite.pdf' }, {}],
      },
    });
    const [third, fourth] = [await client.upload('3.pdf'), await client.upload('4.pdf')];
    const batch = [third, fourth].map((one) => ({ _id: file['_id'], s3ref: one.s3ref }));
    expect((await client.save(batch)).status).toBe(400);
    const both = await client.save(batch, '?version_only=true');
    expect(both.body['versions']).toMatchObject([{ filename: '4.pdf' }, { filename: '3.pdf' }, {}, {}]);
    const oldest = await client.open(await client.downloadUrl(file['_id'], '?version=3'));
    expect(oldest.bytes).toEqual(PDF);
    expect((await client.ask('GET', `/v1/files/${String(file['_id'])}/download?version=9`)).status).toBe(404);
  });

  it('takes back what clients have read, without a new version', async () => {
    const file = await client.savedFile();
    const again = await client.save({ ...file, category: 'invoices', size_bytes: 1 });
    expect(again).toMatchObject({ status: 200, body: { category: 'invoices', size_bytes: PDF.length } });
    expect(again.body['versions']).toHaveLength(1);
  });

  it('keeps an upload usable on request', async () => {
    const { s3ref } = await client.upload('vorlage.pdf');
    const [first, second] = [
      await client.save({ s3ref }, '?delete_temp_file=false'),
      await client.save({ s3ref }),
    ];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect((await client.open(await client.downloadUrl(first.body['_id']))).bytes).toEqual(PDF);
    expect((await client.save({ s3ref }, '?delete_temp_file=false')).status).toBe(404);
  });

  it('gives an upload to nobody but its holder, once, and only with its bytes', async () => {
    const { s3ref } = await client.upload('a.pdf');
    const colleague = await client.server.busbar.rooms.identity.issueAdminToken(client.org);
    const stranger = await client.server.organisation();
    expect((await client.save({ s3ref }, '', colleague)).status).toBe(404);
    expect((await client.save({ s3ref }, '', stranger.token)).status).toBe(404);
    expect(
      (await client.save({ s3ref: { ...s3ref, key: String(s3ref?.['key']).replace('a.pdf', 'b.pdf') } }))
        .status,
    ).toBe(404);
    expect((await client.save({ s3ref })).status).toBe(200);
    expect((await client.save({ s3ref })).status).toBe(404);
    const empty = await client.ask('POST', '/v2/files/upload', { filename: 'a.pdf' });
    expect((await client.save({ s3ref: empty.body['s3ref'] })).status).toBe(404);
  });

  it.each([
    ['rechnung.pdf', Buffer.from('plain text')],
    ['foto.jpg', Buffer.from('%PDF-1.7')],
    ['tabelle.xlsx', Buffer.from('%PDF-1.7')],
    ['notiz.txt', Buffer.from('MZ\u0090 a program')],
    ['leer.pdf', Buffer.alloc(0)],
  ])('refuses %s when it is something else', async (filename, bytes) => {
    const { s3ref } = await client.upload(filename, bytes);
    expect(await client.save({ filename, s3ref })).toMatchObject({
      status: 422,
      body: { code: 'CONTENT_CONTRADICTS_NAME' },
    });
  });

  it.each(['x', 'urn:uuid:7a1b0c9e-1111-4222-8333-444455556666', '\\'])('knows no entity %s', async (id) => {
    const file = { filename: 'a.pdf', custom_download_url: 'https://a.example/x' };
    expect([400, 404]).toContain((await client.save({ ...file, relations: [{ entity_id: id }] })).status);
    expect([400, 404]).toContain((await client.save({ ...file, _id: id })).status);
    expect([400, 404]).toContain((await client.ask('GET', `/v2/files/${encodeURIComponent(id)}`)).status);
    expect([400, 404]).toContain(
      (await client.save({ s3ref: { bucket: 'busbar', key: `${client.org}/temp/${id}/a.pdf` } })).status,
    );
    expect(
      (await client.open(`http://busbar.test/files/public/${client.org}/${encodeURIComponent(id)}/a.pdf`))
        .status,
    ).toBe(404);
  });

  it('refuses an honest upload under another name', async () => {
    const { s3ref } = await client.upload('rechnung.pdf');
    expect((await client.save({ filename: 'rechnung.jpg', s3ref })).status).toBe(422);
    expect((await client.save({ filename: 'Rechnung vom März.PDF', s3ref })).status).toBe(200);
  });

  it('refuses names that are none, files without bytes, and unknown targets', async () => {
    for (const filename of ['../x.pdf', '', 'a\\b.pdf', 'x'.repeat(256)]) {
      expect((await client.ask('POST', '/v2/files/upload', { filename })).status).toBe(400);
    }
    expect((await client.save({ filename: 'a.pdf' })).status).toBe(400);
    expect((await client.save({ _id: '7a1b0c9e-1111-4222-8333-444455556666', category: 'x' })).status).toBe(
      404,
    );
    const relations = [{ entity_id: '7a1b0c9e-1111-4222-8333-444455556666' }];
    const { s3ref } = await client.upload('a.pdf');
    expect((await client.save({ s3ref, relations })).status).toBe(404);
    expect((await client.save({ s3ref })).status).toBe(200);
  });
});

describe('deleting', () => {
  const blobs = async () => {
    const paths: string[] = [];
    for await (const { path } of client.server.busbar.ports.blobs.list(client.org)) paths.push(path);
    return paths;
  };
  const tidy = () =>
    client.server.busbar.rooms.recurring
      .find(({ name }) => name === 'file-housekeeping')
      ?.run(new AbortController().signal);

  it('keeps the bytes in the recycle bin and removes them with the file', async () => {
    const file = await client.savedFile();
    const url = await client.downloadUrl(file['_id']);
    expect((await client.ask('DELETE', `/v2/files/${String(file['_id'])}`)).status).toBe(200);
    expect((await client.ask('GET', `/v2/files/${String(file['_id'])}`)).status).toBe(404);
    await tidy();
    expect((await client.open(url)).status).toBe(200);
    const before = await blobs();
    const purged = await client.ask('DELETE', `/v2/files/${String(file['_id'])}?purge=true`);
    expect(purged).toMatchObject({ status: 200, body: { _id: file['_id'] } });
    expect((await client.open(url)).status).toBe(404);
    await tidy();
    expect(await blobs()).toHaveLength(before.length - 1);
  });

  it('of uploads that nobody saves comes after a week', async () => {
    const { s3ref } = await client.upload('bald-weg.pdf');
    const tenant = client.server.busbar.storage.database.tenant(client.org);
    // The upload is made older, instead of the clock later: others have uploads on their way in the same database.
    const ageInDays = (days: number) =>
      tenant.run(sql`
        update file_object set created_at = ${new Date(client.server.clock.now().getTime() - days * 86_400_000)}
         where org_id = ${client.org} and filename = 'bald-weg.pdf'`);
    await ageInDays(6.9);
    await tidy();
    expect(await ageInDays(7.1)).toBe(1);
    await tidy();
    expect(await ageInDays(0)).toBe(0);
    expect((await client.save({ s3ref })).status).toBe(404);
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
    const file = await client.save({ source_url });
    expect(file).toMatchObject({
      status: 200,
      body: { filename: 'Rechnung 1.pdf', mime_type: 'application/pdf', size_bytes: PDF.length, source_url },
    });
    expect((await client.open(await client.downloadUrl(file.body['_id']))).bytes).toEqual(PDF);
  });

  it.each([
    ['that answers something else', () => `${base}/other.pdf`],
    ['inside the network', () => 'http://10.0.0.1/a.pdf'],
    ['of the machine itself under another name', () => 'http://[::1]/a.pdf'],
  ])('are refused for an address %s', async (_name, url) => {
    expect(await client.save({ source_url: url() })).toMatchObject({
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
    expect((await client.open(issued.body['upload_url'], { method: 'PUT', body: PDF })).status).toBe(200);
    const taken = await client.save({ s3ref: issued.body['s3ref'] }, '', customer.admin);
    expect(taken.status).toBe(404);
    const file = await client.save(
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
    const file = await client.savedFile({ colour: 'red', category: 'invoices' });
    expect(file['colour']).toBe('red');
    const strict = await client.ask('GET', `/v2/files/${String(file['_id'])}?strict=true&source_url=true`);
    expect(strict.body).toMatchObject({ category: 'invoices', __additional: { colour: 'red' } });
    expect(strict.body['colour']).toBeUndefined();
    expect((await client.open(strict.body['source_url'])).bytes).toEqual(PDF);
  });
});
