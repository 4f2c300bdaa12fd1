import { expect, it } from 'vitest';
import { demoCustomers } from '../../apps/server/src/demo/demo-portals.ts';
import { demoUtility } from './demo-utility.ts';

const NEW_ADDRESS = {
  ...{ street: 'Hafenstraße', street_number: '7a', postal_code: '12345', city: 'Musterstadt', country: 'DE' },
  _tags: ['delivery'],
};

it('a customer moves house: the address waits until staff approve it, and the ERP hears of both', async () => {
  const utility = demoUtility();
  const [, customer] = demoCustomers();
  if (!customer) throw new Error('The demo utility has no second customer');
  const { portal } = await utility.signedIn('END_CUSTOMER_PORTAL', customer);
  const { data: before } = await portal.getContact();
  const id = String(before.entity?._id);
  const [old] = addressesOf(before.entity);

  const { data: proposed } = await portal.updateContact(null, { address: [NEW_ADDRESS] });
  expect(proposed.data).toMatchObject({
    address: [old],
    _changesets: { address: { proposed_value: [NEW_ADDRESS], edit_mode: 'approval' } },
  });
  expect(await utility.heardOnce('/erp/vorgang', isWaiting(id))).toMatchObject({
    ...{
      art: 'contact',
      nummer: customer.customerNumber,
      wartet: ['address'],
      portal: 'END_CUSTOMER_PORTAL',
    },
    portalnutzer: customer.email,
  });

  const { data: waiting } = await utility.staff.entity.listChangesets({ slug: 'contact', id });
  expect(waiting).toMatchObject({ address: { proposed_value: [NEW_ADDRESS] } });
  await utility.staff.entity.applyChangeset({ slug: 'contact', id, attribute: 'address' });
  const { data: after } = await portal.getContact();
  expect(addressesOf(after.entity)).toMatchObject([NEW_ADDRESS]);
  expect(after.entity).not.toHaveProperty('_changesets');
  const applied = await utility.heardOnce('/erp/vorgang', isAbout(id, 'ChangesetApplied'));
  expect(applied).toMatchObject({ wartet: [], geaendert: expect.arrayContaining(['address']) });

  const { data: feed } = await portal.getEntityActivityFeed({ slug: 'contact', id });
  expect(feed.results?.map(({ type }) => type)).toContain('EntityUpdatedFromPortal');
});

/** Other journeys change other attributes of the same customer. */
function isWaiting(id: string) {
  return (told: { readonly [member: string]: unknown }) =>
    isAbout(id, 'EntityUpdatedFromPortal')(told) && JSON.stringify(told['wartet']) === '["address"]';
}

function isAbout(id: string, event: string) {
  return (told: { readonly [member: string]: unknown }) =>
    told['objekt'] === id && told['ereignis'] === event;
}

function addressesOf(contact: object | undefined): unknown[] {
  const addresses: unknown = contact && Object.entries(contact).find(([name]) => name === 'address')?.[1];
  return Array.isArray(addresses) ? addresses : [];
}
