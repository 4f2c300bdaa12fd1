import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEgress, createSystemDns, parseAllowedTargets } from '../../../ports/index.ts';
import { standInApp } from '../../hooks/testing/stand-in-app.ts';
import { type PortalCustomer, portalCustomer, relatedTo } from '../testing/portal-customer.ts';
import { httpPhotoRecognition } from './http-photo-recognition.ts';
import { recognised } from './recognised-reading.ts';

const PHOTO = '/v2/portal/metering/reading/photo';
/** The smallest thing that begins and ends like a JPEG. */
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xdb, 0, 3, 1, 0xff, 0xda, 0, 2, 9, 9, 0xff, 0xd9]);

let customer: PortalCustomer;
let meter: string;

beforeAll(async () => {
  customer = await portalCustomer();
  const contract = await customer.create('contract', { customer: relatedTo(customer.contactId) });
  meter = await customer.create('meter', { contract: relatedTo(contract) });
});

const upload = (more: object = {}) =>
  customer.ask('POST', PHOTO, {
    ...{
      filename: 'Zähler.jpg',
      mime_type: 'image/jpeg',
      contents: JPEG.toString('base64'),
      meter_id: meter,
    },
    ...more,
  });

describe('uploadMeterReadingPhoto', () => {
  it('stores the picture as a file of the meter that the customer sees', async () => {
    const contents = `data:image/jpeg;base64,${JPEG.toString('base64')}`;
    const { status, body } = await upload({ contents });
    expect([status, Object.keys(body['data'] ?? {}).sort()]).toEqual([200, ['file_id', 'filename', 's3ref']]);
    const { body: seen } = await customer.ask('GET', `/v2/portal/user/file/${body['data']?.['file_id']}`);
    expect(seen['file']).toMatchObject({
      ...{ filename: 'Zähler.jpg', type: 'image', mime_type: 'image/jpeg', s3ref: body['data']?.['s3ref'] },
      _relations: [{ entity_id: meter, _schema: 'meter' }],
    });
    const link = new URL(String(seen['file']?.['public_url']));
    const download = await customer.server.busbar.http.inject(`${link.pathname}${link.search}`);
    expect(download.rawPayload).toEqual(JPEG);
  });

  it('takes more than ordinary bodies hold', async () => {
    const large = Buffer.concat([JPEG, Buffer.alloc(9 * 1024 * 1024)]);
    expect((await upload({ contents: large.toString('base64') })).status).toBe(200);
    const tooLarge = Buffer.concat([JPEG, Buffer.alloc(10 * 1024 * 1024)]);
    expect((await upload({ contents: tooLarge.toString('base64') })).status).toBe(400);
  });

  it.each([
    { mime_type: 'image/gif' },
    { mime_type: 'image/png' },
    { contents: 'kein Bild' },
    { contents: '' },
    { contents: Buffer.from('%PDF-1.7').toString('base64') },
    { filename: '../Zähler.jpg' },
    { filename: '' },
    { filename: 'Zähler.pdf' },
  ])('refuses %j', async (more) => {
    const { status } = await upload(more);
    expect(status === 400 || status === 422).toBe(true);
  });

  it('is for meters of the caller', async () => {
    const foreign = await customer.create('meter', {});
    expect((await upload({ meter_id: foreign })).status).toBe(403);
    expect((await upload({ meter_id: customer.contactId })).status).toBe(403);
    const body = { filename: 'a.jpg', mime_type: 'image/jpeg', contents: 'x', meter_id: meter };
    const other = await customer.another();
    for (const [token, status] of [
      [undefined, 401],
      [customer.admin, 401],
      [other.token, 403],
    ] as const) {
      expect((await customer.server.request('POST', PHOTO, { token, body })).status).toBe(status);
    }
  });
});

describe('what is read off a photo', () => {
  const photo = { bytes: JPEG, mimeType: 'image/jpeg' };
  const log = pino({ level: 'silent' });

  it('is a suggestion, and its failure is no failure', async () => {
    const recognise = async () => ({ reading: '000123.45', meterNumbers: ['00123456'] });
    expect(await recognised({ recognise }, photo, log)).toEqual({
      reading: '000123.45',
      meter_numbers: ['00123456'],
    });
    const fail = async () => {
      throw new Error('no model');
    };
    expect(await recognised({ recognise: fail }, photo, log)).toEqual({});
    expect(await recognised(undefined, photo, log)).toEqual({});
  });
});

describe('a recognition over HTTP', () => {
  const app = standInApp();
  const log = pino({ level: 'silent' });
  const photo = { bytes: JPEG, mimeType: 'image/jpeg' };
  const read = async (allow = '127.0.0.1', url = app.url) => {
    const egress = createEgress({ dns: createSystemDns(), allow: parseAllowedTargets(allow) });
    try {
      return await recognised(
        httpPhotoRecognition(egress, { url: `${url}/read`, token: 'geheim' }),
        photo,
        log,
      );
    } finally {
      await egress.close();
    }
  };

  it('gets the picture and the token, and suggests what it answers', async () => {
    app.answer(() => ({ body: { reading: '000123.45', sector: 'gas', meter_numbers: ['00123456'] } }));
    expect(await read()).toEqual({ reading: '000123.45', sector: 'gas', meter_numbers: ['00123456'] });
    expect(app.received).toMatchObject([
      {
        ...{ method: 'POST', path: '/read' },
        headers: {
          ...{ 'content-type': 'image/jpeg', authorization: 'Bearer geheim' },
          'content-length': String(JPEG.length),
        },
      },
    ]);
  });

  it('is believed what has the right form only', async () => {
    app.answer(() => ({
      body: { reading: '<b>1</b>', sector: 'oil', meter_numbers: [7, '', 'x'.repeat(101), 'Z1'] },
    }));
    expect(await read()).toEqual({ meter_numbers: ['Z1'] });
    app.answer(() => ({ body: { reading: 12.5, meter_numbers: Array.from({ length: 50 }, String) } }));
    const { meter_numbers: numbers, ...rest } = await read();
    expect([rest, numbers?.length]).toEqual([{ reading: '12.5' }, 20]);
  });

  it.each([
    { status: 500, body: { reading: '1' } },
    { status: 200, body: 'no JSON' },
    { status: 200, body: [] },
    { status: 200, body: JSON.stringify({ reading: '1', more: 'x'.repeat(70_000) }) },
  ])('that fails suggests nothing: %#', async (answer) => {
    app.answer(() => answer);
    expect(await read()).toEqual({});
  });

  it('is reached through the guarded way out only', async () => {
    app.answer(() => ({ body: { reading: '1' } }));
    expect(await read('10.0.0.0/8')).toEqual({});
    expect(app.received).toEqual([]);
  });
});
