import { expect, it } from 'vitest';
import { demoCustomers } from '../../apps/server/src/demo/demo-portals.ts';
import { refusalOf } from '../refusal-of.ts';
import { demoUtility } from './demo-utility.ts';

it('a customer accepts an offer twice at once: it is placed once, and the ERP hears of it once', async () => {
  const utility = demoUtility();
  const [customer] = demoCustomers();
  if (!customer) throw new Error('The demo utility has no customer');
  const { portal } = await utility.signedIn('END_CUSTOMER_PORTAL', customer);
  const { data: orders } = await portal.getAllOrders();
  const offer = orders.data?.find((one) => one['external_id'] === 'A-2025-0001');
  if (!offer?._id) throw new Error('The customer has no offer');
  expect(offer).toMatchObject({ status: 'quote', amount_total: 11_900 });
  const { data: bundle } = await portal.getOrder(String(offer._id));
  expect(bundle.products).toMatchObject([{ code: 'STROM-BASIS' }]);

  const accept = () => portal.postOrderAcceptance({ id: String(offer._id) }, { decision: 'accept' });
  const answers = await Promise.allSettled([accept(), accept()]);
  const accepted = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.data] : []));
  expect(accepted).toMatchObject([{ data: { _id: offer._id, status: 'placed' } }]);
  expect(await refusalOf(accept())).toMatchObject({ status: 409 });
  const decline = portal.postOrderAcceptance({ id: String(offer._id) }, { decision: 'decline' });
  expect(await refusalOf(decline)).toMatchObject({ status: 409 });

  expect(await utility.heardOnce('/erp/auftrag', (told) => told['angebot'] === 'A-2025-0001')).toMatchObject({
    ...{ ereignis: 'OrderSubmission', kunde: customer.customerNumber, status: 'placed' },
  });
  const told = await utility.heardOnce(
    '/erp/vorgang',
    (one) => one['objekt'] === offer._id && one['ereignis'] === 'EntityUpdatedFromPortal',
  );
  expect(told).toMatchObject({ art: 'order', geaendert: expect.arrayContaining(['status']) });
});
