import { expect, it } from 'vitest';
import { demoCustomers } from '../../apps/server/src/demo/demo-portals.ts';
import { refusalOf } from '../refusal-of.ts';
import { demoUtility } from './demo-utility.ts';

it("a customer adds somebody else's contract by its number and its meter's, and reaches it from then on", async () => {
  const utility = demoUtility();
  const [owner, customer] = demoCustomers();
  if (!owner || !customer) throw new Error('The demo utility has no second customer');
  const { portal: owners } = await utility.signedIn('END_CUSTOMER_PORTAL', owner);
  const { data: contracts } = await owners.getAllContracts();
  const contract = contracts.data?.[0];
  const { data: bundle } = await owners.getContract(String(contract?._id));
  const numbers = {
    contract: { contract_number: String(contract?.['contract_number']) },
    meter: { meter_number: String(bundle.meters?.[0]?.['meter_number']) },
  };

  const { portal } = await utility.signedIn('END_CUSTOMER_PORTAL', customer);
  expect(await refusalOf(portal.getContract(String(contract?._id)))).toMatchObject({ status: 404 });
  const wrong = { ...numbers, meter: { meter_number: '1EMH0000000000' } };
  expect((await portal.addContractByIdentifiers(null, wrong)).data).toMatchObject({ data: [], hits: 0 });
  const incomplete = portal.addContractByIdentifiers(null, { contract: numbers.contract });
  expect(await refusalOf(incomplete)).toMatchObject({ status: 400 });

  const { data: added } = await portal.addContractByIdentifiers(null, numbers);
  expect(added).toMatchObject({ data: [{ _id: contract?._id }], hits: 1 });
  const { data: again } = await portal.addContractByIdentifiers(null, numbers);
  expect(again).toMatchObject({ hits: 1 });
  const { data: mine } = await portal.getContract(String(contract?._id));
  expect(mine).toMatchObject({ entity: { _id: contract?._id }, meters: [{ _id: bundle.meters?.[0]?._id }] });

  const told = await utility.heardOnce(
    '/erp/vorgang',
    (one) => one['ereignis'] === 'SelfAssignmentFromPortal' && one['portalnutzer'] === customer.email,
  );
  expect(told).toMatchObject({ nummer: numbers.contract.contract_number });
});
