import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { FileClient } from '../testing/file-client.ts';

let client: FileClient;

beforeAll(async () => {
  client = await FileClient.start();
});

async function fileOf(filename: string, bytes: Uint8Array): Promise<string> {
  const { s3ref } = await client.upload(filename, Buffer.from(bytes));
  return String((await client.save({ s3ref })).body['_id']);
}

function preview(id: string, query = '', token = client.token) {
  return client.open(`http://busbar.test/v1/files/${id}/preview${query}`, {
    headers: { authorization: `Bearer ${token}` },
  });
}

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 1 } } })
    .png()
    .toBuffer();

/** A PDF of one landscape page that is red from edge to edge. */
function redPage(): Buffer {
  const drawing = '1 0 0 rg 0 0 400 200 re f';
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Contents 4 0 R>>',
    `<</Length ${drawing.length}>>\nstream\n${drawing}\nendstream`,
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((body, index) => {
    const place = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 5\n0000000000 65535 f \n${places.join('')}`;
  return Buffer.from(`${text}${table}trailer\n<</Root 1 0 R/Size 5>>\nstartxref\n${text.length}\n%%EOF`);
}

/** The header of a picture of two billion pixels, in a hundred bytes. */
async function pixelBomb(): Promise<Buffer> {
  const bytes = await picture(1, 1);
  bytes.writeUInt32BE(50_000, 16);
  bytes.writeUInt32BE(40_000, 20);
  return bytes;
}

async function lookOf({ status, bytes }: { readonly status: number; readonly bytes: Buffer }) {
  if (status !== 200) throw new Error(`${status}: ${bytes}`);
  const { width, height, format } = await sharp(bytes).metadata();
  const { dominant } = await sharp(bytes).stats();
  return { width, height, format, isRed: dominant.r > 200 && dominant.g < 60 && dominant.b < 60 };
}

describe('previews', () => {
  it('show images and the first page of a PDF, about as large as wished', async () => {
    const image = await fileOf('dach.png', await picture(2_400, 1_200));
    const shown = await preview(image, '?w=200');
    expect([shown.status, shown.headers['content-type']]).toEqual([200, 'image/jpeg']);
    expect(await lookOf(shown)).toEqual({ width: 256, height: 128, format: 'jpeg', isRed: true });
    expect((await preview(image, '?w=200')).bytes).toEqual(shown.bytes);
    expect(await lookOf(await preview(image))).toMatchObject({ width: 512, height: 256 });
    const small = await fileOf('klein.png', await picture(20, 10));
    expect(await lookOf(await preview(small, '?h=9999'))).toMatchObject({ width: 20, height: 10 });
    const page = await fileOf('rechnung.pdf', redPage());
    const drawn = await lookOf(await preview(page, '?h=128'));
    expect(drawn).toEqual({ width: 128, height: 64, format: 'jpeg', isRed: true });
  });

  it('show nothing of what is no picture, or pretends to be one', async () => {
    for (const [name, bytes] of [
      ['bombe.png', await pixelBomb()],
      ['kaputt.pdf', Buffer.from('%PDF-1.7\nno page at all')],
      ['brief.txt', Buffer.from('Guten Tag')],
      ['zeichnung.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ] as const) {
      const id = await fileOf(name, bytes);
      expect([name, (await preview(id)).status, (await preview(id)).status]).toEqual([name, 404, 404]);
    }
    const image = await fileOf('dach.png', await picture(10, 10));
    expect((await preview(image, '?w=0')).status).toBe(400);
    expect((await preview(image, '?version=3')).status).toBe(404);
    expect((await preview(image, '', (await client.server.organisation()).token)).status).toBe(404);
    expect((await client.open(`http://busbar.test/v1/files/${image}/preview`)).status).toBe(401);
  });
});
