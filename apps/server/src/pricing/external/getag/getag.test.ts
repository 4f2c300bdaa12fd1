import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStandIn, type StandIn, type StandInAnswer } from '../../../integration/testing/stand-in.ts';
import { Signatures } from '../../signature.ts';
import { openShop, type Shop } from '../../testing/shop.ts';
import { priceOfGrid } from './grid-fees.ts';

let shop: Shop;
let partner: StandIn;
let answers: Record<string, unknown>;

const FEES = {
  static: { basic_fee: '120', metering_reading_fee: '12.48' },
  variable_ht: { power_kwh_ht: '0.0912', power_tax: '0.0205' },
};

const json = (body: unknown): StandInAnswer => ({ status: 200, body: JSON.stringify(body) });

beforeAll(async () => {
  shop = await openShop();
  partner = await openStandIn();
});

afterAll(() => partner.close());

beforeEach(async () => {
  answers = { '/v1/fees': FEES };
  partner.received.length = 0;
  partner.answer = ({ path }) => json(answers[path]);
  const body = { username: 'utility', password: 'secret', base_url: `${partner.url}/v1/` };
  expect((await shop.admin('PUT', '/v1/integration/getag/credentials:save', body)).status).toBe(204);
});

const ask = (operation: string, body: unknown, integration = 'getag', org = shop.org) =>
  shop.stranger(`/v1/public/integration/${integration}/${operation}`, body, {
    'x-epilot-org-id': org,
    'x-ivy-org-id': org,
  });
const HOUSE = { type: 'power', postal_code: '04109', city: 'Leipzig' };

describe('$computePrice', () => {
  it('computes the fees of a period from yearly ones and from consumption, and signs them', async () => {
    const { status, body } = await ask('compute-price', { ...HOUSE, consumption_HT: 3500 });
    expect(status).toBe(200);
    const { _meta, ...price } = body;
    expect(price).toEqual({
      amount_total: 4362,
      amount_total_decimal: '43.619166666667',
      amount_static: 1104,
      amount_static_decimal: '11.04',
      amount_variable_ht: 3258,
      amount_variable_decimal_ht: '32.579166666667',
      unit_amount_variable_ht: 11,
      unit_amount_variable_decimal_ht: '0.1117',
      currency: 'EUR',
      billing_period: 'monthly',
      breakdown: {
        static: {
          basic_fee: { amount: 1000, amount_decimal: '10.00' },
          metering_reading_fee: { amount: 104, amount_decimal: '1.04' },
        },
        variable: price['breakdown']?.['variable_ht'],
        variable_ht: {
          power_kwh_ht: {
            amount: 2660,
            amount_decimal: '26.60',
            unit_amount: 9,
            unit_amount_decimal: '0.0912',
          },
          power_tax: {
            amount: 598,
            amount_decimal: '5.979166666667',
            unit_amount: 2,
            unit_amount_decimal: '0.0205',
          },
        },
      },
      inputs: {
        type: 'power',
        zipCode: '04109',
        city: 'Leipzig',
        consumptionHT: 3500,
        consumptionType: 'household',
        billingPeriod: 'monthly',
      },
    });
    const { clock, secrets } = shop.server.busbar.ports;
    const signatures = new Signatures({ clock, secrets });
    expect(signatures.isGenuine(shop.org, 'compute-price', price, _meta)).toBe(true);
    expect(signatures.isGenuine(shop.org, 'compute-price', { ...price, amount_total: 1 }, _meta)).toBe(false);
  });

  it('asks the partner with its credentials for the fees of today', async () => {
    await ask('compute-price', { ...HOUSE, consumption: 100, meter_type: 'smart', association_id: 'a-1' });
    expect(partner.received).toHaveLength(1);
    expect(partner.received[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('utility:secret').toString('base64')}`,
    );
    expect(JSON.parse(partner.received[0]?.body ?? '')).toEqual({
      type: 'power',
      postal_code: '04109',
      consumption_HT: 100,
      consumption_type: 'household',
      association_id: 'a-1',
      meter_type: 'smart',
      reference_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
  });

  it('is free of consumption that was not told, and has night amounts only for night consumption', async () => {
    const { body } = await ask('compute-price', { ...HOUSE, billing_period: 'one_time' });
    expect(body).toMatchObject({ amount_total_decimal: '132.48', amount_variable_ht: 0 });
    expect(body).not.toHaveProperty('amount_variable_nt');
    answers['/v1/fees'] = { ...FEES, variable_nt: { power_kwh_nt: '0.05' } };
    const night = await ask('compute-price', {
      ...HOUSE,
      billing_period: 'yearly',
      consumption_HT: 1000,
      consumption_NT: 2000,
    });
    expect(night.body).toMatchObject({
      amount_total_decimal: '344.18',
      amount_variable_decimal_nt: '100.00',
      breakdown: { variable: { power_kwh_nt: { amount: 10000, amount_decimal: '100.00' } } },
    });
  });

  it.each([
    ['negative consumption', { ...HOUSE, consumption_HT: -1 }],
    ['no type', { postal_code: '04109' }],
  ])('refuses %s', async (_, body) => {
    expect((await ask('compute-price', body)).status).toBe(400);
    expect(partner.received).toEqual([]);
  });

  it.each<[string, StandInAnswer]>([
    ['an error', { status: 500, body: '{}' }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['fees that are no decimals', json({ ...FEES, static: { basic_fee: '1e9' } })],
    ['no fees', json({})],
    ['nothing', 'drop'],
  ])('answers 502 when the partner answers %s', async (_, answer) => {
    partner.answer = () => answer;
    const { status, body } = await ask('compute-price', HOUSE);
    expect(status).toBe(502);
    expect(JSON.stringify(body)).not.toContain('127.0.0.1');
  });
});

describe('$searchProviders', () => {
  it('shows what the contract knows of each provider, signed', async () => {
    const provider = {
      name: 'Netz Leipzig',
      code: 'p-1',
      additionalData: {
        gridOperators: [{ name: 'Netz', codeNumber: '9900000000000', validFrom: '2024-01-01', phone: '1' }],
        defaultSuppliers: [],
        marketAreaDetails: { controlZone: '10YDE-VE-------2', gasType: 'H-Gas' },
      },
    };
    answers['/v1/providers'] = [provider];
    const { status, body } = await ask('providers:search', { ...HOUSE, street: null });
    expect(status).toBe(200);
    const { _meta, ...shown } = { ...body[0] };
    expect(shown).toEqual({
      name: 'Netz Leipzig',
      code: 'p-1',
      type: 'power',
      additionalData: {
        gridOperators: [{ name: 'Netz', codeNumber: '9900000000000', validFrom: '2024-01-01' }],
        defaultSuppliers: [],
        marketAreaDetails: { controlZone: '10YDE-VE-------2' },
      },
    });
    const signatures = new Signatures(shop.server.busbar.ports);
    expect(signatures.isGenuine(shop.org, 'provider', shown, _meta)).toBe(true);
    answers['/v1/providers'] = [];
    expect((await ask('providers:search', HOUSE)).body).toEqual([]);
  });
});

describe('$searchStreets', () => {
  it('names each street once, in German order', async () => {
    answers['/v1/streets'] = ['Zoostraße', 'Österreicher Weg', 'Ostweg', 'Zoostraße'].map((street) => ({
      street,
    }));
    const { body } = await ask('streets:search', { postal_code: '04109', city: null });
    expect(body).toEqual([{ street: 'Österreicher Weg' }, { street: 'Ostweg' }, { street: 'Zoostraße' }]);
  });
});

describe('the getag operations', () => {
  it('need credentials of the organisation, and the right integration', async () => {
    const other = await openShop();
    for (const [operation, body] of [
      ['providers:search', HOUSE],
      ['streets:search', { postal_code: '04109', city: 'Leipzig' }],
      ['compute-price', HOUSE],
    ] as const) {
      expect((await ask(operation, body, 'getag', other.org)).status).toBe(403);
      expect((await ask(operation, body, 'external-catalog')).status).toBe(400);
    }
    expect(partner.received).toEqual([]);
  });

  it('sign in with OAuth, and keep the token until a minute before it expires', async () => {
    let tokens = 0;
    partner.answer = ({ path }) =>
      json(path === '/token' ? { access_token: `t${++tokens}`, expires_in: 3600 } : answers[path]);
    const oauth = {
      client_id: 'busbar',
      client_secret: 's',
      authorization_url: `${partner.url}/token`,
      grant_type: 'client_credentials',
    };
    const body = { auth_type: 'oauth', oauth, base_url: `${partner.url}/v1` };
    expect((await shop.admin('PUT', '/v1/integration/getag/credentials:save', body)).status).toBe(204);
    const authorizations = () =>
      partner.received.filter(({ path }) => path === '/v1/fees').map(({ headers }) => headers.authorization);
    for (let i = 0; i < 2; i++) expect((await ask('compute-price', HOUSE)).status).toBe(200);
    expect(authorizations()).toEqual(['Bearer t1', 'Bearer t1']);
    const { clock } = shop.server;
    const before = clock.now();
    clock.set(new Date(before.getTime() + 3541_000));
    expect((await ask('compute-price', HOUSE)).status).toBe(200);
    clock.set(before);
    expect(authorizations()).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
  });
});

describe('a development server without a partner', () => {
  it.each(['power', 'gas'])('invents a grid for %s that says so', async (type) => {
    const credentials = { username: 'u', password: 'p' };
    await shop.admin('PUT', '/v1/integration/getag/credentials:save', credentials);
    const place = { type, postal_code: '04109' };
    const [provider] = [(await ask('providers:search', place)).body[0]];
    expect(provider).toMatchObject({ name: 'Example grid 04109', type });
    expect((await ask('providers:search', { type, postal_code: 'none' })).body).toEqual([]);
    expect((await ask('streets:search', { ...place, city: null })).body[0]).toEqual({
      street: 'Beispielweg',
    });
    const { status, body } = await ask('compute-price', { ...place, consumption_HT: 1000 });
    expect([status, Number(body['amount_total']) > 0]).toEqual([200, true]);
    expect(partner.received).toEqual([]);
  });
});

describe('priceOfGrid', () => {
  it('divides years into every period', () => {
    const totals = (['weekly', 'monthly', 'every_quarter', 'every_6_months', 'yearly'] as const).map(
      (billingPeriod) =>
        priceOfGrid(
          { static: new Map([['basic_fee', '624']]), variableHt: new Map(), variableNt: new Map() },
          { billingPeriod, consumptionHt: 0, consumptionNt: undefined },
        ).amount_total,
    );
    expect(totals).toEqual([1200, 5200, 15600, 31200, 62400]);
  });
});
