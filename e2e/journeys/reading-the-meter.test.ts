import { expect, it } from 'vitest';
import { demoCustomers } from '../../apps/server/src/demo/demo-portals.ts';
import { refusalOf } from '../refusal-of.ts';
import { demoUtility } from './demo-utility.ts';

it('a customer reads the meter: the ERP gets the value, and a smaller one is refused', async () => {
  const utility = demoUtility();
  const [customer] = demoCustomers();
  if (!customer) throw new Error('The demo utility has no customer');
  const { portal } = await utility.signedIn('END_CUSTOMER_PORTAL', customer);
  const { data: contracts } = await portal.getAllContracts();
  const { data: bundle } = await portal.getContract(String(contracts.data?.[0]?._id));
  const meter = bundle.meters?.[0];
  if (!meter?._id) throw new Error('The contract has no meter');

  const reading = { meter_id: meter._id, value: 77_777, source: 'ECP', reason: 'regular' } as const;
  const { data: stored } = await portal.createMeterReading(null, reading);
  expect(stored.data).toMatchObject({ value: 77_777, source: 'ECP', status: 'valid' });
  const told = await utility.heardOnce('/erp/ablesung', (one) => JSON.stringify(one).includes('77777'));
  expect(told).toMatchObject({
    ...{ ereignis: 'MeterReadingAdded', geraet: meter['meter_number'] },
    zaehlwerke: [{ stand: 77_777, richtung: 'B' }],
  });

  const smaller = portal.createMeterReading(null, { ...reading, value: 5 });
  expect(await refusalOf(smaller)).toMatchObject({ status: 400, body: { reason: 'less_than_previous' } });
});
