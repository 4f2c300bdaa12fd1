import { randomInt } from 'node:crypto';
import type { Document } from '../../entities/index.ts';
import { type TestAnswer, type TestServer, testServer } from '../../testing/test-server.ts';

/** A utility with a catalog of its own, and both kinds of callers. */
export interface Shop {
  readonly server: TestServer;
  readonly org: string;
  /** An admin's token. */
  readonly token: string;
  /** A publishable token, as a journey has it. */
  readonly publishable: string;
  /** Stores an entity as the admin; answers its id. */
  create(schema: string, attributes: Document): Promise<string>;
  /** A request as the admin. */
  admin(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  /** A request with the publishable token. */
  journey(path: string, body: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  /** A request without a token, from a network address of its own; the organisation stands in a header. */
  stranger(path: string, body: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
}

export async function openShop(): Promise<Shop> {
  const server = await testServer();
  const { org, token } = await server.organisation();
  const made = await server.busbar.rooms.identity.tokens.createForInstallation(org, {
    type: 'journey',
    name: 'shop',
    journeyId: `journey-${randomInt(1_000_000)}`,
  });
  const publishable = made.token;
  const admin: Shop['admin'] = (method, path, body, headers = {}) =>
    server.request(method, path, { token, body, headers });
  return {
    ...{ server, org, token, publishable, admin },
    async create(schema, attributes) {
      const answer = await admin('POST', `/v1/entity/${schema}`, attributes);
      if (answer.status !== 201) throw new Error(`${schema}: ${JSON.stringify(answer.body)}`);
      return String(answer.body['_id']);
    },
    journey: (path, body, headers = {}) =>
      server.request('POST', path, {
        token: publishable,
        body,
        headers: { 'x-ivy-org-id': org, ...headers },
      }),
    stranger: (path, body, headers = {}) =>
      server.request('POST', path, { body, headers: { 'x-ivy-org-id': org, ...headers } }),
  };
}

/** A small catalog: a wallbox, and a power tariff of base and work price. */
export interface SmallCatalog {
  readonly tax: string;
  readonly wallbox: string;
  readonly wallboxPrice: string;
  readonly basePrice: string;
  readonly workPrice: string;
  readonly tariff: string;
  readonly tariffPrice: string;
}

export async function fillCatalog({ create }: Shop): Promise<SmallCatalog> {
  const to = (id: string, more: Document = {}) => ({ entity_id: id, ...more });
  const tax = await create('tax', { type: 'VAT', rate: '19', description: 'Standard', active: true });
  const common = {
    active: true,
    pricing_model: 'per_unit',
    is_tax_inclusive: true,
    unit_amount_currency: 'EUR',
    is_composite_price: false,
    price_display_in_journeys: 'show_price',
    tax: { $relation: [to(tax)] },
  };
  const monthly = { ...common, type: 'recurring', billing_period: 'monthly' };
  const wallboxPrice = await create('price', {
    ...common,
    description: 'Wallbox',
    type: 'one_time',
    unit_amount: 59900,
    unit_amount_decimal: '599',
  });
  const basePrice = await create('price', {
    ...monthly,
    description: 'Grundpreis',
    unit_amount: 1190,
    unit_amount_decimal: '11.90',
  });
  const workPrice = await create('price', {
    ...monthly,
    description: 'Arbeitspreis',
    variable_price: true,
    unit: 'kwh',
    unit_amount: 30,
    unit_amount_decimal: '0.2980',
  });
  const tariffPrice = await create('price', {
    description: 'Ökostrom 12',
    active: true,
    is_composite_price: true,
    unit_amount_currency: 'EUR',
    price_components: { $relation: [to(basePrice, { quantity: 1 }), to(workPrice, { quantity: 1 })] },
  });
  const wallbox = await create('product', {
    name: 'Wallbox Basic',
    code: 'WB-1',
    type: 'product',
    active: true,
    _tags: ['e-mobility'],
    price_options: { $relation: [to(wallboxPrice)] },
  });
  const tariff = await create('product', {
    name: 'Ökostrom',
    type: 'service',
    active: true,
    price_options: { $relation: [to(tariffPrice)] },
  });
  return { tax, wallbox, wallboxPrice, basePrice, workPrice, tariff, tariffPrice };
}
