import { expect, it } from 'vitest';
import { demoCustomers } from '../../apps/server/src/demo/demo-portals.ts';
import { refusalOf } from '../refusal-of.ts';
import { demoUtility } from './demo-utility.ts';

it('a customer chooses the day they pay, and may change nothing else of the contract', async () => {
  const utility = demoUtility();
  const [, customer] = demoCustomers();
  if (!customer) throw new Error('The demo utility has no second customer');
  const { portal } = await utility.signedIn('END_CUSTOMER_PORTAL', customer);
  const { data: contracts } = await portal.getAllContracts();
  const contract = contracts.data?.find((one) => one['contract_number'] !== 'V-7000100');
  const id = String(contract?._id);

  const { data: changed } = await portal.updateContract({ id }, { billing_due_day: 28 });
  expect(changed.data).toMatchObject({ _id: id, billing_due_day: 28 });
  const told = await utility.heardOnce(
    '/erp/vorgang',
    (one) => one['objekt'] === id && one['ereignis'] === 'EntityUpdatedFromPortal',
  );
  expect(told).toMatchObject({ art: 'contract', geaendert: ['billing_due_day'] });

  const impossible = portal.updateContract({ id }, { billing_due_day: 32 });
  expect(await refusalOf(impossible)).toMatchObject({ status: 400 });
  const another = portal.updateContract({ id }, { contract_name: 'Umsonst', billing_due_day: 1 });
  expect(await refusalOf(another)).toMatchObject({ status: 403 });
  const { data: after } = await portal.getContract(id);
  expect(after.entity).toMatchObject({ billing_due_day: 28, contract_name: contract?.['contract_name'] });
});
