import { describe, expect, it } from 'vitest';
import { customerWithGrants, relatedTo } from './testing/customer-with-grants.ts';

describe('adding a contract by its identifiers', () => {
  const config = {
    contract_identifiers: [
      { name: 'contract_number', schema: 'contract' },
      { name: 'meter_number', schema: 'meter' },
    ],
  };

  it('makes the contact a customer of the one contract that fits, and can be repeated', async () => {
    const me = await customerWithGrants(config);
    const owner = await me.create('contact', { first_name: 'Ada' });
    const contract = await me.create('contract', {
      contract_number: '4711',
      status: 'active',
      customer: relatedTo(owner),
    });
    await me.create('contract', { contract_number: '4711', status: 'active' });
    await me.create('meter', { meter_number: 'Z-9', contract: relatedTo(contract) });
    const add = (number: string, meter: string) =>
      me.ask('POST', '/v2/portal/contract/by-identifiers', {
        contract: { contract_number: number },
        meter: { meter_number: meter },
      });
    expect((await add('4711', 'Z-0')).body).toEqual({ data: [], hits: 0 });
    for (const written of ['Z-9', ' z-9 ']) {
      const added = await add('4711', written);
      expect(added.body).toMatchObject({
        hits: 1,
        data: [
          { _id: contract, customer: { $relation: [{ entity_id: owner }, { entity_id: me.contactId }] } },
        ],
      });
    }
    const feed = await me.ask('GET', `/v2/portal/entity/contract/${contract}/activity`);
    expect(feed.body).toMatchObject({ total: 1, results: [{ type: 'SelfAssignmentFromPortal' }] });
  });

  it('refuses other identifiers, several contracts, drafts and guessing', async () => {
    const me = await customerWithGrants({
      contract_identifiers: [{ name: 'contract_number', schema: 'contract' }],
    });
    const add = (body: object) => me.ask('POST', '/v2/portal/contract/by-identifiers', body);
    await me.create('contract', { contract_number: 'twice', status: 'active' });
    await me.create('contract', { contract_number: 'twice', status: 'active' });
    await me.create('contract', { contract_number: 'draft', status: 'draft' });
    expect((await add({ contract: { account_number: 'x' } })).status).toBe(400);
    expect((await add({})).status).toBe(400);
    expect((await add({ contract: { contract_number: ' ' } })).status).toBe(400);
    expect(await add({ contract: { contract_number: 'twice' } })).toMatchObject({
      status: 409,
      body: { reason: 'MULTIPLE' },
    });
    expect(await add({ contract: { contract_number: 'draft' } })).toMatchObject({
      status: 409,
      body: { reason: 'DRAFT' },
    });
    for (let attempt = 0; attempt < 8; attempt += 1)
      expect((await add({ contract: { contract_number: 'x' } })).status).toBe(200);
    expect((await add({ contract: { contract_number: 'x' } })).status).toBe(429);
    const closed = await customerWithGrants();
    expect(
      (await closed.ask('POST', '/v2/portal/contract/by-identifiers', { contract: { contract_number: 'x' } }))
        .status,
    ).toBe(403);
  });
});

describe('activities, accesses and payment references', () => {
  it('records a password reset for the user and the contact', async () => {
    const me = await customerWithGrants();
    const created = await me.ask('PUT', '/v2/portal/entity/activity', { type: 'PortalUserResetPassword' });
    expect(created).toMatchObject({ status: 201, body: { type: 'PortalUserResetPassword' } });
    expect((await me.ask('PUT', '/v2/portal/entity/activity', { type: 'EntityDeleted' })).status).toBe(400);
    const feed = await me.ask('GET', `/v2/portal/entity/contact/${me.contactId}/activity`);
    expect(feed.body).toMatchObject({ total: 1 });
  });

  it('shows portal users nothing of what staff did, and staff everything', async () => {
    const me = await customerWithGrants();
    await me.ask('PATCH', '/v2/portal/contact', { phone: [{ phone: '030 1' }] });
    const path = `/v2/portal/entity/contact/${me.contactId}/activity`;
    expect((await me.ask('GET', path)).body).toMatchObject({
      total: 1,
      results: [{ type: 'EntityUpdatedFromPortal' }],
    });
    const staff = await me.server.request('GET', path, { token: me.admin });
    expect(staff.status).toBe(200);
    expect(Number(staff.body['total'])).toBeGreaterThan(1);
    expect(
      (await me.ask('GET', `${path}?after=2020-01-01T00:00:00Z&before=2030-01-01T00:00:00Z`)).status,
    ).toBe(400);
    expect((await me.ask('GET', `${path}?size=0`)).status).toBe(400);
  });

  it('gives one event id per entity and minute', async () => {
    const me = await customerWithGrants();
    const contract = await me.create('contract', { customer: relatedTo(me.contactId) });
    const report = async (query = '') =>
      me.ask('POST', `/v3/portal/entity/contract/access?portal_id=${me.portalId}${query}`);
    const first = await report(`&entity_id=${contract}`);
    expect(first.status).toBe(200);
    expect((await report(`&entity_id=${contract}`)).body).toEqual(first.body);
    expect((await report()).body).not.toEqual(first.body);
    me.server.clock.advance(60_000);
    expect((await report(`&entity_id=${contract}`)).body).not.toEqual(first.body);
    expect((await me.ask('POST', '/v2/portal/entity/contact/access?origin=END_CUSTOMER_PORTAL')).status).toBe(
      200,
    );
    expect((await me.ask('POST', '/v2/portal/entity/tax/access?origin=END_CUSTOMER_PORTAL')).status).toBe(
      403,
    );
    expect((await report('&entity_id=5da0a718-c822-403d-9f5d-20d4584e0528')).status).toBe(404);
  });

  it('finds the entities that use a payment method', async () => {
    const me = await customerWithGrants();
    const payment = 'kXedqP_x_p';
    const value = { $relation_ref: [{ entity_id: me.contactId, path: 'payment.0', _id: payment }] };
    const contract = await me.create('contract', { customer: relatedTo(me.contactId), payment: value });
    await me.create('contract', { payment: value });
    const mine = await me.ask('GET', `/v2/portal/entities-by-payment/${payment}`);
    expect(mine.body).toMatchObject({ hits: 1, results: [{ _id: contract }] });
    const staff = await me.server.request('GET', `/v2/portal/entities-by-payment/${payment}`, {
      token: me.admin,
    });
    expect(staff.body).toMatchObject({ hits: 2 });
  });
});

it('a feed tells what was done to a shared contract, and who did it only to themselves', async () => {
  const me = await customerWithGrants({}, [
    ['entity:edit', 'contract:*'],
    ['entity:attribute:edit', 'contract:*:*'],
  ]);
  const other = await me.another();
  const contract = await me.create('contract', { customer: relatedTo(me.contactId, other.contactId) });
  const patch = { contract_name: 'Zuhause' };
  expect((await me.ask('PATCH', `/v2/portal/contract/${contract}`, patch)).status).toBe(200);
  const path = `/v2/portal/entity/contract/${contract}/activity`;
  const callerFor = async (token: string) => {
    const { results } = (await me.server.request('GET', path, { token })).body;
    expect(results).toMatchObject([{ type: 'EntityUpdatedFromPortal', title: 'Changed in the portal' }]);
    return results?.[0]?.['payload']?.['caller'];
  };
  expect(await callerFor(me.token)).toEqual({
    PortalAuth: { token: { 'custom:portal_user_id': me.portalUserId } },
  });
  expect(await callerFor(other.token)).toEqual({});
});
