import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../../storage/index.ts';
import { type PortalCustomer, portalCustomer, relatedTo } from '../testing/portal-customer.ts';
import { storeUpload } from '../testing/store-upload.ts';

const FILES = '/v2/portal/entity/file';
const PDF = Buffer.from('%PDF-1.7\n%%EOF');

let customer: PortalCustomer;
let contract: string;

beforeAll(async () => {
  customer = await portalCustomer({ allowed_file_extensions: { document: ['pdf', 'txt'], image: ['png'] } });
  contract = await customer.create('contract', {
    customer: relatedTo(customer.contactId),
    contract_name: 'Strom',
  });
});

const save = (files: readonly object[], more: object = {}, as = customer.token) =>
  customer.server.request('POST', FILES, {
    token: as,
    body: { entity_id: contract, entity_type: 'contract', files, ...more },
  });

const remove = (ids: readonly string[], as = customer.token) =>
  customer.server.request('DELETE', FILES, {
    token: as,
    body: { entity_id: contract, entity_type: 'contract', file_entity_ids: ids },
  });

/** Uploads and saves a file to the contract; answers its id. */
async function addFile(filename = 'Rechnung.pdf', bytes = PDF): Promise<string> {
  const { status, body } = await save([{ filename, s3ref: await storeUpload(customer, filename, bytes) }]);
  expect([status, body]).toEqual([201, body]);
  return String(body['createdFiles']?.[0]?.['_id']);
}

const ids = (list: unknown) => (list as { _id: string }[]).map(({ _id }) => _id);
const admin = (method: string, path: string, body?: unknown) =>
  customer.server.request(method, path, { token: customer.admin, body });

describe('saveEntityFile', () => {
  it('makes an upload a shared, private file of the entity, with activity and event', async () => {
    const s3ref = await storeUpload(customer, 'Zählerstand 1.pdf', PDF);
    const { status, body } = await save([{ filename: 'Foto.pdf', access_control: 'public-read', s3ref }]);
    expect(status).toBe(201);
    const file = body['createdFiles']?.[0];
    expect(file).toMatchObject({
      ...{ _schema: 'file', filename: 'Foto.pdf', mime_type: 'application/pdf', type: 'document' },
      ...{ access_control: 'private', shared_with_end_customer: true, size_bytes: PDF.length },
      uploaded_by_portal_user: customer.portalUserId,
    });
    const parent = await admin('GET', `/v1/entity/contract/${contract}/activity`);
    expect(JSON.stringify(parent.body)).toContain('"type":"DocUploadedFromPortal"');
    const [event] = await customer.server.busbar.storage.database
      .tenant(customer.org)
      .query<{ body: object }>(
        sql`select body from catalog_event where org_id = ${customer.org} and name = 'FileCreated' order by id desc limit 1`,
      );
    expect(event?.body).toMatchObject({
      ...{
        file: { _id: file?.['_id'] },
        contracts: [{ _id: contract }],
        customer: { _id: customer.contactId },
      },
      ...{ _trigger_source_type: 'portal_user', _trigger_source: customer.portalUserId },
    });
    const stored = await customer.ask('GET', `/v2/portal/user/file/${file?.['_id']}`);
    expect(stored.body['file']).toMatchObject({
      is_new: false,
      _relations: [{ entity_id: contract, _schema: 'contract' }],
    });
    const link = new URL(String(stored.body['file']?.['public_url']));
    expect(link.searchParams.get('x-track-portal-id')).toBe(customer.portalId);
    const download = await customer.server.busbar.http.inject(`${link.pathname}${link.search}`);
    expect([download.statusCode, download.rawPayload]).toEqual([200, PDF]);
  });

  it('takes only what the portal accepts, by name and by content, and then all or nothing', async () => {
    const good = { filename: 'gut.pdf', s3ref: await storeUpload(customer, 'gut.pdf', PDF) };
    const program = Buffer.from('MZ\x90\0 this program', 'latin1');
    const bad = [
      { filename: 'x.exe', s3ref: await storeUpload(customer, 'x.exe', program) },
      { filename: 'ohne', s3ref: await storeUpload(customer, 'ohne', PDF) },
      { filename: 'bild.png', s3ref: await storeUpload(customer, 'bild.png', PDF) },
      { filename: 'text.txt', s3ref: await storeUpload(customer, 'text.txt', program) },
      { filename: 'x.pdf', s3ref: await storeUpload(customer, 'x.pdf', Buffer.from('<html>')) },
    ];
    for (const file of bad) {
      const { status, body } = await save([good, file]);
      expect([file.filename, status, body['code']]).toEqual([file.filename, 400, 'FILE_NOT_ACCEPTED']);
      expect(String(body['message'])).toContain(file.filename);
    }
    for (const files of [[], Array.from({ length: 21 }, () => good), [good, good]]) {
      expect((await save(files)).status).toBe(400);
    }
    expect((await save([good], { entity_type: 'order' })).status).toBe(400);
    expect((await save([good])).status).toBe(201);
  });

  it('takes uploads of the caller only, once', async () => {
    const other = await customer.another();
    const theirs = await storeUpload({ ...customer, token: other.token }, 'a.pdf', PDF);
    const own = await storeUpload(customer, 'a.pdf', PDF);
    expect((await save([{ filename: 'a.pdf', s3ref: theirs }])).status).toBe(404);
    expect((await save([{ filename: 'a.pdf', s3ref: { ...own, bucket: 'other' } }])).status).toBe(404);
    expect((await save([{ filename: 'a.pdf', s3ref: { bucket: 12345, key: 12345 } }])).status).toBe(404);
    expect((await save([{ filename: 'a.pdf', s3ref: own }])).status).toBe(201);
    expect((await save([{ filename: 'a.pdf', s3ref: own }])).status).toBe(404);
  });

  it('adds nothing to entities out of reach', async () => {
    const s3ref = await storeUpload(customer, 'a.pdf', PDF);
    const foreign = await customer.create('contract', {});
    const files = [{ filename: 'a.pdf', s3ref }];
    for (const entity_id of [foreign, randomUUID()])
      expect((await save(files, { entity_id })).status).toBe(404);
    expect((await save(files, { entity_id: foreign, entity_type: 'submission' })).status).toBe(403);
    const other = await customer.another();
    expect((await save(files, {}, other.token)).status).toBe(404);
    expect((await save(files, {}, customer.admin)).status).toBe(401);
    expect((await save(files, {}, '')).status).toBe(401);
  });
});

describe('deleteEntityFile', () => {
  it('takes back own uploads', async () => {
    const [first, second] = [await addFile(), await addFile()];
    const { status, body } = await remove([first, second]);
    expect([status, body]).toEqual([202, { deletedFiles: [first, second] }]);
    expect((await customer.ask('GET', `/v2/portal/user/file/${first}`)).status).toBe(404);
    expect((await admin('GET', `/v1/entity/file/${second}`)).status).toBe(404);
    const feed = await admin('GET', `/v1/entity/contract/${contract}/activity`);
    expect(JSON.stringify(feed.body)).toContain('"type":"DocRemovedFromPortal"');
  });

  it('keeps a file that belongs to something else, too', async () => {
    const file = await addFile();
    const order = await customer.create('order', {
      customer: relatedTo(customer.contactId),
      _files: relatedTo(file),
    });
    expect((await remove([file])).status).toBe(202);
    const { body } = await customer.ask('GET', `/v2/portal/user/file/${file}`);
    expect(body['file']).toMatchObject({ _relations: [{ entity_id: order }] });
  });

  it('removes nothing when one file is not there, or is not the customer’s to remove', async () => {
    const own = await addFile();
    const given = await customer.create('file', { filename: 'Vertrag.pdf', shared_with_end_customer: true });
    await admin('PATCH', `/v1/entity/contract/${contract}`, { _files: relatedTo(own, given) });
    const elsewhere = await customer.create('file', {
      filename: 'Anderes.pdf',
      shared_with_end_customer: true,
    });
    await customer.create('order', { customer: relatedTo(customer.contactId), _files: relatedTo(elsewhere) });
    expect((await remove([own, elsewhere])).status).toBe(404);
    expect((await remove([own, randomUUID()])).status).toBe(404);
    expect((await remove([own, given])).status).toBe(403);
    expect((await remove([])).status).toBe(400);
    expect((await remove([own], (await customer.another()).token)).status).toBe(404);
    expect((await customer.ask('GET', `/v2/portal/user/file/${own}`)).status).toBe(200);
  });
});

describe('the files of a customer', () => {
  let files: Record<'old' | 'new' | 'picture' | 'hidden' | 'foreign', string>;
  let order: string;
  let reader: PortalCustomer;

  beforeAll(async () => {
    reader = await portalCustomer();
    const { create, contactId } = reader;
    const shared = { shared_with_end_customer: true, type: 'document' };
    files = {
      old: await create('file', { ...shared, filename: 'alt.pdf', file_date: '2020-01-01' }),
      new: await create('file', { ...shared, filename: 'neu.pdf' }),
      picture: await create('file', {
        ...shared,
        filename: 'bild.png',
        type: 'image',
        file_date: '2021-01-01',
      }),
      hidden: await create('file', { filename: 'intern.pdf' }),
      foreign: await create('file', { ...shared, filename: 'fremd.pdf' }),
    };
    order = await create('order', {
      customer: relatedTo(contactId),
      _files: relatedTo(files.old, files.hidden),
    });
    await create('contract', {
      customer: relatedTo(contactId),
      _files: relatedTo(files.new, files.picture, files.old),
    });
    await create('contract', { _files: relatedTo(files.foreign) });
  });

  const list = async (query: string) => {
    const { status, body } = await reader.ask('GET', `/v2/portal/user/files?${query}`);
    return status === 200 ? [ids(body['results']), body['hits']] : status;
  };

  it('are those that are shared, the newest first, with the total', async () => {
    expect(await list('from=0&size=10')).toEqual([[files.new, files.picture, files.old], 3]);
    expect(await list('from=1&size=1')).toEqual([[files.picture], 3]);
    expect(await list('from=0&size=10&file_types=image')).toEqual([[files.picture], 1]);
    expect(await list(`from=0&size=10&entity_ids=${order}`)).toEqual([[files.old], 1]);
    expect(await list(`from=0&size=10&entity_ids=${randomUUID()}`)).toEqual([[], 0]);
    for (const query of ['from=-1&size=1', 'from=0&size=1001', 'from=0.5&size=1', 'size=1']) {
      expect(await list(query)).toBe(400);
    }
  });

  it('are counted per entity', async () => {
    const { body } = await reader.ask('GET', '/v2/portal/user/files/count-by-entity');
    const counts = body as unknown as { _schema: string; file_count: number }[];
    expect(counts.map(({ _schema, file_count }) => [_schema, file_count]).sort()).toEqual([
      ['contract', 3],
      ['order', 1],
    ]);
  });

  it('are new until they are downloaded; every download is noted', async () => {
    const path = `/v2/portal/user/file/${files.new}`;
    expect((await reader.ask('GET', path)).body['file']).toMatchObject({ is_new: true, filename: 'neu.pdf' });
    for (const _ of [1, 2]) {
      const tracked = await reader.ask('POST', `${path}/downloaded`);
      expect(tracked).toMatchObject({ status: 200, body: { file: { _id: files.new, is_new: false } } });
    }
    expect((await reader.ask('GET', path)).body['file']).toMatchObject({ is_new: false });
    const feed = await reader.server.request('GET', `/v1/entity/file/${files.new}/activity`, {
      token: reader.admin,
    });
    const noted = (feed.body['results'] as unknown as { type: string; payload: object }[]).filter(
      ({ type }) => type === 'DocDownloadedFromPortal',
    );
    expect(noted).toHaveLength(2);
    expect(noted[0]?.payload).toMatchObject({
      entity: { _id: files.new, _schema: 'file', _org: reader.org },
      orgId: reader.org,
    });
  });

  it('may lie elsewhere: signed for 15 minutes, or to be fetched with the own token', async () => {
    const place = 'https://archiv.example/rechnung?nr=7';
    const external = async (auth: string) => {
      const id = await reader.create('file', {
        ...{ filename: 'archiv.pdf', shared_with_end_customer: true },
        ...{ custom_download_url: place, custom_download_url_auth: auth },
      });
      await reader.create('order', { customer: relatedTo(reader.contactId), _files: relatedTo(id) });
      return (await reader.ask('GET', `/v2/portal/user/file/${id}`)).body['file'];
    };
    expect(await external('token')).toMatchObject({ public_url: place, custom_download_url_auth: 'token' });
    const link = new URL(String((await external('presigned'))?.['public_url']));
    const { nr, 'x-track-contact-id': contact, signature } = Object.fromEntries(link.searchParams);
    expect([link.host, nr, contact, typeof signature]).toEqual([
      'archiv.example',
      '7',
      reader.contactId,
      'string',
    ]);
  });

  it('are shown inline where browsers can, without giving the token away', async () => {
    const preview = async (id: string) =>
      (await reader.ask('GET', `/v2/portal/user/file/${id}/preview`)).body;
    const order = await reader.create('order', { customer: relatedTo(reader.contactId) });
    const saved = await reader.ask('POST', '/v2/portal/entity/file', {
      ...{ entity_id: order, entity_type: 'order' },
      files: [{ filename: 'a.pdf', s3ref: await storeUpload(reader, 'a.pdf', Buffer.from('%PDF-1.7')) }],
    });
    const own = await preview(String(saved.body['createdFiles']?.[0]?.['_id']));
    expect(own['kind']).toBe('pdf');
    const { pathname, search } = new URL(String(own['url']));
    const shown = await reader.server.busbar.http.inject({ method: 'GET', url: `${pathname}${search}` });
    expect(String(shown.headers['content-disposition'])).toMatch(/^inline/);
    expect(typeof own['download_url']).toBe('string');
    const outside = async (url: string) => {
      const id = await reader.create('file', {
        ...{ filename: 'archiv.pdf', mime_type: 'application/pdf', shared_with_end_customer: true },
        ...{ custom_download_url: url, custom_download_url_auth: 'token' },
      });
      await reader.create('order', { customer: relatedTo(reader.contactId), _files: relatedTo(id) });
      return preview(id);
    };
    expect((await outside('https://archiv.example/7'))['kind']).toBe('unsupported');
    expect(await outside('http://busbar.test/v1/erp/files/7')).toMatchObject({
      kind: 'pdf',
      requires_auth: true,
    });
    expect((await reader.ask('GET', `/v2/portal/user/file/${files.foreign}/preview`)).status).toBe(404);
  });

  it('are known once they have been opened', async () => {
    const shared = async (filename: string) => {
      const id = await reader.create('file', {
        ...{
          filename,
          shared_with_end_customer: true,
          custom_download_url: `https://archiv.example/${filename}`,
        },
      });
      await reader.create('order', { customer: relatedTo(reader.contactId), _files: relatedTo(id) });
      return `/v2/portal/user/file/${id}`;
    };
    const isNew = async (path: string) => (await reader.ask('GET', path)).body['file']?.['is_new'];
    const [shown, unshown] = [await shared('rechnung.pdf'), await shared('tabelle.ods')];
    for (const path of [shown, unshown]) {
      expect(await isNew(path)).toBe(true);
      expect((await reader.ask('GET', `${path}/preview`)).status).toBe(200);
    }
    expect([await isNew(shown), await isNew(unshown)]).toEqual([false, true]);
  });

  it('are named in the feed by their ids and nothing else', async () => {
    const id = await reader.create('file', {
      ...{ filename: 'v.pdf', shared_with_end_customer: true, archive_note: 'for us only' },
      custom_download_url: 'https://archiv.example/v.pdf',
    });
    await reader.create('order', { customer: relatedTo(reader.contactId), _files: relatedTo(id) });
    expect((await reader.ask('POST', `/v2/portal/user/file/${id}/downloaded`)).status).toBe(200);
    const { results } = (await reader.ask('GET', `/v2/portal/entity/file/${id}/activity`)).body;
    expect(results).toMatchObject([{ type: 'DocDownloadedFromPortal' }]);
    expect(results?.[0]?.['payload']?.['entity']).toEqual({ id, schema: 'file', _id: id, _schema: 'file' });
  });

  it('stay new when staff look at them in a preview of the portal', async () => {
    const { org, portalId, portalUserId, server, create, contactId } = reader;
    const id = await create('file', {
      ...{
        filename: 'p.pdf',
        shared_with_end_customer: true,
        custom_download_url: 'https://archiv.example/p.pdf',
      },
    });
    await create('order', { customer: relatedTo(contactId), _files: relatedTo(id) });
    const token = await server.busbar.rooms.identity.issuePreviewToken(org, portalId, portalUserId);
    const path = `/v2/portal/user/file/${id}`;
    expect((await server.request('GET', `${path}/preview`, { token })).body).toMatchObject({ kind: 'pdf' });
    expect((await reader.ask('GET', path)).body['file']).toMatchObject({ is_new: true });
  });

  it('are nobody else’s', async () => {
    const other = await reader.another();
    for (const id of [files.hidden, files.foreign, randomUUID()]) {
      expect((await reader.ask('GET', `/v2/portal/user/file/${id}`)).status).toBe(404);
      expect((await reader.ask('POST', `/v2/portal/user/file/${id}/downloaded`)).status).toBe(404);
    }
    for (const [method, path] of [
      ['GET', `/v2/portal/user/file/${files.new}`],
      ['POST', `/v2/portal/user/file/${files.new}/downloaded`],
    ] as const) {
      for (const [token, status] of [
        [undefined, 401],
        [reader.admin, 401],
        [other.token, 404],
        [customer.token, 404],
      ] as const) {
        expect((await reader.server.request(method, path, { token })).status).toBe(status);
      }
    }
  });
});
