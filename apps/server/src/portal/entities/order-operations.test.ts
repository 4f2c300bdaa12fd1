import { describe, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { calendarDay } from '../access/index.ts';
import {
  customerWithGrants,
  customerWithRole,
  relatedTo,
  type TestGrant,
} from './testing/customer-with-grants.ts';

const EDIT_ORDERS: readonly TestGrant[] = [['entity:edit', 'order:*']];

describe('orders of a portal user', () => {
  it('shows an order with its products and what goes well with them', async () => {
    const me = await customerWithGrants();
    const battery = await me.create('product', { name: 'Speicher' });
    const panel = await me.create('product', { name: 'PV', cross_sellable_products: relatedTo(battery) });
    const order = await me.create('order', {
      status: 'quote',
      customer: relatedTo(me.contactId),
      products: relatedTo(panel),
    });
    const answer = await me.ask('GET', `/v2/portal/order/${order}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ entity: { _id: order }, workflow: [] });
    const search = await me.ask('POST', '/v2/portal/entity:get', { slug: 'product', entity_id: panel });
    expect(search.body).toMatchObject({ result: { name: 'PV' } });
  });

  it('decides an offer once, even when asked twice at the same moment', async () => {
    const me = await customerWithGrants({}, EDIT_ORDERS);
    const order = await me.create('order', { status: 'quote', customer: relatedTo(me.contactId) });
    const decide = (decision: string) => me.ask('POST', `/v2/portal/order/${order}/acceptance`, { decision });
    const answers = await Promise.all([decide('accept'), decide('decline')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const won = answers.find(({ status }) => status === 200);
    expect(['placed', 'cancelled']).toContain(won?.body['data']?.['status']);
    expect((await decide('accept')).status).toBe(409);
    const events = await me.server.busbar.storage.database
      .tenant(me.org)
      .query<{ body: unknown }>(
        sql`select body from catalog_event where org_id = ${me.org} and name = 'OrderSubmission'`,
      );
    const isPlaced = String(won?.body['data']?.['status']) === 'placed';
    expect(events).toMatchObject(
      isPlaced
        ? [{ body: { order: { _id: order, status: 'placed' }, customer: { _id: me.contactId } } }]
        : [],
    );
    const feed = await me.ask('GET', `/v2/portal/entity/order/${order}/activity`);
    expect(feed.body).toMatchObject({
      total: 1,
      results: [{ type: 'EntityUpdatedFromPortal', payload: { entity: { id: order } } }],
    });
    expect(JSON.stringify(feed.body)).not.toContain('@example.org');
  });

  it('leaves an offer that names a day open until the day is over', async () => {
    const me = await customerWithGrants({}, EDIT_ORDERS);
    const decide = async (expires_at: string) => {
      const order = await me.create('order', {
        status: 'quote',
        expires_at,
        customer: relatedTo(me.contactId),
      });
      return (await me.ask('POST', `/v2/portal/order/${order}/acceptance`, { decision: 'accept' })).status;
    };
    const today = calendarDay(me.server.clock.now());
    const yesterday = calendarDay(new Date(me.server.clock.now().getTime() - 86_400_000));
    expect([await decide(today), await decide(yesterday)]).toEqual([200, 409]);
  });

  it('refuses decisions on expired, draft and foreign orders, unknown ones and extra members', async () => {
    const me = await customerWithGrants({}, EDIT_ORDERS);
    const stranger = await me.another();
    const order = (status: string, more: object = {}) =>
      me.create('order', { status, customer: relatedTo(me.contactId), ...more });
    const decide = async (id: string, body: object = { decision: 'accept' }) =>
      (await me.ask('POST', `/v2/portal/order/${id}/acceptance`, body)).status;
    expect(await decide(await order('quote', { expires_at: '2020-01-01T00:00:00.000Z' }))).toBe(409);
    expect(await decide(await order('draft'))).toBe(409);
    expect(
      await decide(await me.create('order', { status: 'quote', customer: relatedTo(stranger.contactId) })),
    ).toBe(404);
    expect(await decide('5da0a718-c822-403d-9f5d-20d4584e0528')).toBe(404);
    expect(await decide(await order('quote'), { decision: 'accept', price: 0 })).toBe(400);
    const looker = await customerWithGrants();
    const seen = await looker.create('order', { status: 'quote', customer: relatedTo(looker.contactId) });
    expect(
      (await looker.ask('POST', `/v2/portal/order/${seen}/acceptance`, { decision: 'accept' })).status,
    ).toBe(403);
  });

  it('merges opportunities and orders into requests, newest first', async () => {
    const me = await customerWithGrants();
    const opportunity = await me.create('opportunity', {
      opportunity_title: 'PV',
      customer: relatedTo(me.contactId),
    });
    me.server.clock.advance(1000);
    const order = await me.create('order', { customer: relatedTo(me.contactId) });
    expect((await me.ask('GET', '/v2/portal/request')).body).toMatchObject({
      hits: 2,
      results: [{ _id: order }, { _id: opportunity }],
    });
    expect((await me.ask('GET', '/v2/portal/order')).body).toMatchObject({ data: [{ _id: order }] });
    expect((await me.ask('GET', '/v2/portal/request?size=1')).body).toMatchObject({
      hits: 2,
      results: [{ _id: order }],
    });
  });
});

describe('requests where the role knows only one kind', () => {
  it.each([
    ['order', 'opportunity'],
    ['opportunity', 'order'],
  ])('are those of kind %s', async (granted, hidden) => {
    const me = await customerWithRole({}, [
      { action: 'entity:view', resource: `${granted}:*` },
      { action: 'entity:attribute:view', resource: `${granted}:*:*` },
    ]);
    const seen = await me.create(granted, { customer: relatedTo(me.contactId) });
    await me.create(hidden, { customer: relatedTo(me.contactId) });
    expect((await me.ask('GET', '/v2/portal/request')).body).toMatchObject({
      hits: 1,
      results: [{ _id: seen }],
    });
    expect((await me.ask('GET', `/v2/portal/${hidden}`)).status).toBe(403);
  });
});

describe('opportunities of an installer', () => {
  it('finds them by address, customer and purpose', async () => {
    const me = await customerWithGrants();
    const customer = await me.create('contact', { first_name: 'Ada', last_name: 'Lovelace' });
    const purpose = '3ec28ab5-8598-41ef-9486-b57fca1d5e2a';
    const address = {
      street: 'Porscheplatz',
      street_number: '1',
      postal_code: '70435',
      city: 'Stuttgart',
      country: 'DE',
    };
    const both = relatedTo(customer);
    const first = await me.create('opportunity', {
      customer: both,
      installer: relatedTo(me.contactId),
      delivery_address: [address],
      _purpose: [purpose],
    });
    await me.create('opportunity', { customer: relatedTo(me.contactId) });
    await me.create('opportunity', { customer: both, delivery_address: [address] });
    const facts = await me.ask('GET', '/v2/portal/opportunities/searchable-attributes');
    expect(facts.status).toBe(200);
    const search = (body: object) => me.ask('POST', '/v2/portal/opportunities/search', body);
    expect((await search({})).body['data']).toHaveLength(2);
    for (const body of [
      { addresses: ['Porscheplatz 1, 70435 Stuttgart'] },
      { addresses: ['Porscheplatz 1, 70435 Stuttgart, DE'], customers: [] },
      { customers: ['Ada Lovelace', 'Nobody'] },
      { purposes: [purpose], customers: ['Ada Lovelace'] },
    ]) {
      expect((await search(body)).body).toMatchObject({ data: [{ _id: first }] });
    }
    expect((await search({ customers: ['Nobody'] })).body).toEqual({ data: [] });
    expect((await search({ workflows: [[{ name: 'PV' }]] })).body).toEqual({ data: [] });
  });
});
