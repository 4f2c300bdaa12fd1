import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { demoCustomers } from '../../apps/server/src/demo/demo-portals.ts';
import { demoUtility } from './demo-utility.ts';

/** A JPEG with a comment and hardly a picture. */
const PHOTO = Uint8Array.from([
  ...[0xff, 0xd8, 0xff, 0xfe, 0x00, 0x05, 0x31, 0x32, 0x33],
  ...[0xff, 0xda, 0x00, 0x02, 0x01, 0x02, 0x03, 0xff, 0xd9],
]);

it('a customer photographs the meter and is shown what a service reads off it', async () => {
  const utility = demoUtility();
  const [, customer] = demoCustomers();
  if (!customer) throw new Error('The demo utility has no second customer');
  const mine = await utility.signedIn('END_CUSTOMER_PORTAL', customer);
  const { data: contracts } = await mine.portal.getAllContracts();
  const { data: bundle } = await mine.portal.getContract(String(contracts.data?.[0]?._id));
  const meterId = String(bundle.meters?.[0]?._id);

  const { data: answer } = await mine.portal.uploadMeterReadingPhoto(null, {
    ...{ filename: 'Zähler.jpg', mime_type: 'image/jpeg', meter_id: meterId },
    contents: Buffer.from(PHOTO).toString('base64'),
  });

  const { data: found } = await mine.portal.getFileById(String(answer.data?.file_id));
  const stored = new Uint8Array(await (await fetch(String(found.file?.public_url))).arrayBuffer());
  expect(answer.data).toMatchObject({
    filename: 'Zähler.jpg',
    reading: String(stored.length),
    sector: 'power',
    meter_numbers: [createHash('sha256').update(stored).digest('hex')],
  });
  expect(found.file?._relations).toMatchObject([{ entity_id: meterId, _schema: 'meter' }]);
});
