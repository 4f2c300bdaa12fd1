import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PortalCustomer, portalCustomer, relatedTo } from '../testing/portal-customer.ts';
import { centsOf, decimalText } from './cents.ts';

const BILLING = { feature_settings: { billing: true } };
const EVENTS = '/v2/portal/billing/events';

describe('billing events', () => {
  let customer: PortalCustomer;
  let contract: string;
  let order: string;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    customer = await portalCustomer(BILLING);
    const { create, contactId } = customer;
    contract = await create('contract', { customer: relatedTo(contactId) });
    order = await create('order', { customer: relatedTo(contactId) });
    const strangers = await create('contract', { contract_name: 'of somebody else' });
    const event = async (name: string, attributes: object, of: string = contract) => {
      ids[name] = await create('billing_event', { contract: relatedTo(of), ...attributes });
    };
    await event('may', { type: 'installment', billing_amount: 9_000, due_date: '2026-05-01' });
    await event('june', {
      type: 'installment',
      billing_amount: 8_000,
      due_date: '2026-06-01',
      internal_note: 'mahnen',
    });
    await event('april', {
      type: 'installment',
      billing_amount: 9_000,
      due_date: '2026-04-01',
      paid_date: '2026-04-03',
    });
    await event(
      'bonus',
      { type: 'reimbursement', billing_amount: 500, booking_date: '2026-03-01', status: 'closed' },
      order,
    );
    await event('invoice', { type: 'invoice', billing_amount: 1, due_date: '2026-05-02' });
    await event('foreign', { type: 'installment', billing_amount: 1, due_date: '2026-05-03' }, strangers);
  });

  const list = async (query = '') => {
    const { status, body } = await customer.ask('GET', `${EVENTS}?${query}`);
    expect([status, status === 200 ? '' : body]).toEqual([200, '']);
    const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
    const results = body['results'] as unknown as { _id: string }[];
    return { names: results.map(({ _id }) => names.get(_id)), hits: body['hits'], results };
  };

  it('are the instalments and reimbursements in reach, the next due first', async () => {
    const all = await list();
    expect(all).toMatchObject({ names: ['april', 'may', 'june', 'bonus'], hits: 4 });
    expect(all.results[2]).toMatchObject({
      billing_amount: 8_000,
      billing_amount_decimal: '80.00',
      billing_currency: 'EUR',
    });
    expect(all.results[2]).not.toHaveProperty('internal_note');
  });

  it.each([
    ['event_type=reimbursement', ['bonus']],
    ['paid=true', ['april', 'bonus']],
    ['paid=false', ['may', 'june']],
    ['sort=billing_amount:desc,due_date:desc', ['may', 'april', 'june', 'bonus']],
    ['sort=billing_amount:desc,due_date:asc', ['april', 'may', 'june', 'bonus']],
    ['sort=due_date:desc&from=1&size=2', ['may', 'april']],
    // 1 May begins in Germany at 22:00 UTC on 30 April.
    ['date_after=2026-04-30T21:59:59Z', ['may', 'june']],
    ['date_after=2026-04-30T22:00:00Z', ['june']],
    ['date_before=2026-04-30T22:00:00Z', ['april', 'bonus']],
    ['date_before=2026-04-30T22:00:01Z', ['april', 'may', 'bonus']],
  ])('with %s are %j', async (query, expected) => {
    expect((await list(query)).names).toEqual(expected);
  });

  it('can be asked of single entities; those out of reach add nothing', async () => {
    expect((await list(`entity_id=${order}`)).names).toEqual(['bonus']);
    expect((await list(`entity_id=${order}&entity_id=${contract}`)).hits).toBe(4);
    const foreign = await customer.create('contract', {});
    expect(await list(`entity_id=${foreign}`)).toMatchObject({ names: [], hits: 0 });
  });

  it('may name billing accounts instead of contracts, the customer’s own ones', async () => {
    const { create, contactId, ask } = await portalCustomer(BILLING);
    const own = await create('billing_account', { billing_contact: relatedTo(contactId) });
    const shared = await create('billing_account', {});
    await create('contract', { customer: relatedTo(contactId), billing_account: relatedTo(shared) });
    const seen = await create('billing_event', { type: 'installment', contract: relatedTo(own) });
    await create('billing_event', { type: 'installment', contract: relatedTo(shared) });
    const { body } = await ask('GET', EVENTS);
    expect([body['hits'], body['results']?.[0]?.['_id']]).toEqual([1, seen]);
  });

  it('keep what the utility has noted for itself, wherever they are shown', async () => {
    const search = (body: object) =>
      customer.ask('POST', '/v2/portal/entity:search', { slug: 'billing_event', ...body });
    const found = await search({ hydrate: true, templates: { note: '{{billing_event.internal_note}}' } });
    expect(found.body).toMatchObject({ hits: 4 });
    expect(JSON.stringify(found.body)).not.toContain('mahnen');
    const bundle = await customer.ask('GET', `/v2/portal/contract/${contract}`);
    expect(JSON.stringify(bundle.body['relations'])).toContain('2026-06-01');
    expect(JSON.stringify(bundle.body)).not.toContain('mahnen');
    expect((await search({ filters: [{ exists: { field: 'internal_note' } }] })).status).toBe(403);
    expect((await search({ q: 'mahnen' })).body).toMatchObject({ hits: 0 });
  });

  it('take a boolean as clients write it', async () => {
    for (const yes of ['true', 'TRUE', '1'])
      expect((await list(`paid=${yes}`)).names).toEqual(['april', 'bonus']);
    for (const no of ['false', 'False', '0'])
      expect((await list(`paid=${no}`)).names).toEqual(['may', 'june']);
    expect((await customer.ask('GET', `${EVENTS}?paid=yes`)).status).toBe(400);
  });

  it.each(['size=1001', 'sort=internal_note:asc', 'sort=due_date:up', 'date_after=morgen', 'entity_id=x'])(
    'refuse %s',
    async (query) => {
      expect((await customer.ask('GET', `${EVENTS}?${query}`)).status).toBe(400);
    },
  );

  it('are closed where the portal does not show bills', async () => {
    const other = await portalCustomer();
    for (const path of [
      EVENTS,
      '/v2/portal/billing/customers/balance',
      `/v2/portal/billing/accounts/${contract}`,
    ]) {
      expect((await other.ask('GET', path)).status).toBe(403);
      expect((await other.server.request('GET', path)).status).toBe(401);
      expect((await other.server.request('GET', path, { token: other.admin })).status).toBe(401);
    }
  });
});

describe('the balance', () => {
  const BALANCE = '/v2/portal/billing/customers/balance';

  it('is nothing for somebody without bills', async () => {
    const customer = await portalCustomer(BILLING);
    expect((await customer.ask('GET', BALANCE)).body).toEqual({
      balance: 0,
      balance_decimal: '0.00',
      balance_currency: 'EUR',
    });
  });

  it('sums the stored ones, each billing account once and contracts only where none stands for them', async () => {
    const customer = await portalCustomer(BILLING);
    const { create, contactId, ask } = customer;
    const account = await create('billing_account', {
      billing_contact: relatedTo(contactId),
      balance: 10_050,
      balance_currency: 'EUR',
    });
    const booked = { customer: relatedTo(contactId), billing_account: relatedTo(account), balance: 10_050 };
    await create('contract', booked);
    await create('contract', booked);
    await create('contract', { customer: relatedTo(contactId), balance: -20_000, balance_currency: 'EUR' });
    await create('contract', { customer: relatedTo(contactId), balance: 99, balance_currency: 'CHF' });
    await create('contract', { balance: 1 });
    expect((await ask('GET', BALANCE)).body).toEqual({
      balance: -9_950,
      balance_decimal: '-99.50',
      balance_currency: 'EUR',
    });
  });

  it('is open debits minus open credits where none is stored', async () => {
    const { create, contactId, ask } = await portalCustomer(BILLING);
    const contract = relatedTo(await create('contract', { customer: relatedTo(contactId) }));
    const events = [
      { type: 'installment', billing_amount: 10_001, due_date: '2026-05-01' },
      { type: 'installment', billing_amount: 5_000, due_date: '2026-04-01', paid_date: '2026-04-01' },
      { type: 'reimbursement', billing_amount: 1_000 },
      { type: 'invoice', billing_amount: 300, direction: 'credit' },
      { type: 'reimbursement', billing_amount: 400, status: 'closed' },
    ];
    for (const event of events) await create('billing_event', { contract, ...event });
    expect((await ask('GET', BALANCE)).body).toMatchObject({ balance: 8_701, balance_decimal: '87.01' });
  });
});

describe('a billing account', () => {
  it('comes with what belongs to it and to the customer', async () => {
    const customer = await portalCustomer(BILLING);
    const { create, contactId, ask } = customer;
    const account = await create('billing_account', { billing_account_number: '4711' });
    const own = await create('contract', {
      customer: relatedTo(contactId),
      billing_account: relatedTo(account),
    });
    const neighbours = await create('contract', { billing_account: relatedTo(account) });
    const { status, body } = await ask('GET', `/v2/portal/billing/accounts/${account}`);
    expect(status).toBe(200);
    expect(body['entity']).toMatchObject({ _id: account, billing_account_number: '4711' });
    expect(JSON.stringify(body['relations'])).toContain(own);
    expect(JSON.stringify(body['relations'])).not.toContain(neighbours);
  });

  it('of somebody else does not exist', async () => {
    const { create, ask } = await portalCustomer(BILLING);
    const foreign = await create('billing_account', { billing_account_number: '4712' });
    expect((await ask('GET', `/v2/portal/billing/accounts/${foreign}`)).status).toBe(404);
  });
});

describe('cents', () => {
  it('survive the way into decimal text and back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), (cents) => {
        expect(centsOf(undefined, decimalText(cents))).toBe(cents);
      }),
    );
  });

  it('come from the integer first, and from no other text than an amount', () => {
    expect(centsOf(5, '9.99')).toBe(5n);
    expect(centsOf(undefined, '9,5')).toBe(950n);
    expect(centsOf(undefined, '9.999')).toBeUndefined();
    expect(centsOf(1.5, 'ten')).toBeUndefined();
  });
});
