import { expect, it } from 'vitest';
import { demoCustomers } from '../../apps/server/src/demo/demo-portals.ts';
import { refusalOf } from '../refusal-of.ts';
import { uploadBytes } from '../upload-bytes.ts';
import { demoUtility } from './demo-utility.ts';

const BILL = new TextEncoder().encode('%PDF-1.4\n% Vorjahresrechnung\n');

it("a customer uploads last year's bill for an offer, finds it there, and nobody else does", async () => {
  const utility = demoUtility();
  const [customer, other] = demoCustomers();
  if (!customer || !other) throw new Error('The demo utility has no second customer');
  const mine = await utility.signedIn('END_CUSTOMER_PORTAL', customer);
  const { data: orders } = await mine.portal.getAllOrders();
  const orderId = String(orders.data?.[0]?._id);

  const s3ref = await uploadBytes(mine, 'Vorjahresrechnung.pdf', 'application/pdf', BILL);
  const save = (clients: typeof mine) =>
    clients.portal.saveEntityFile(null, {
      ...{ entity_id: orderId, entity_type: 'order' },
      files: [{ filename: 'Vorjahresrechnung.pdf', access_control: 'private', s3ref }],
    });
  const theirs = await utility.signedIn('END_CUSTOMER_PORTAL', other);
  expect(await refusalOf(save(theirs))).toMatchObject({ status: 404 });
  const { data: saved } = await save(mine);
  const [file] = saved.createdFiles ?? [];
  expect(file).toMatchObject({ filename: 'Vorjahresrechnung.pdf' });

  const { data: found } = await mine.portal.getFileById(String(file?._id));
  expect(found.file).toMatchObject({ is_new: false, _relations: [{ entity_id: orderId, _schema: 'order' }] });
  const bytes = await fetch(String(found.file?.public_url));
  expect(new Uint8Array(await bytes.arrayBuffer())).toEqual(BILL);
  expect(await refusalOf(theirs.portal.getFileById(String(file?._id)))).toMatchObject({ status: 404 });
  const { data: bundle } = await mine.portal.getOrder(orderId);
  expect(bundle.files?.map(({ _id }) => _id)).toContain(file?._id);

  const told = await utility.heardOnce(
    '/erp/vorgang',
    (one) => one['objekt'] === orderId && one['ereignis'] === 'DocUploadedFromPortal',
  );
  expect(told).toMatchObject({ art: 'order', portalnutzer: customer.email });
});
