import { createClient as createTokenClient } from '@epilot/sdk/access-token';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sdkClients } from './clients.ts';
import { type DemoDatabase, demoDatabase } from './demo-database.ts';
import { ServerProcess } from './server-process.ts';
import { type PartnerMood, type StandInPartner, standInPartner } from './stand-in-partner.ts';

const APP = 'partner-app';
const ANY_STATUS = { validateStatus: () => true };
const CONTEXT = {
  journey_id: '8d0a2235-97ce-42d0-88a3-e374634ca44e',
  journey_name: 'Energy',
  current_step_name: 'products',
  current_block_name: 'catalog',
  steps_data: [{ step_name: 'address', step_index: 0, blocks: { Adresse: { zipCode: '04109' } } }],
};

let database: DemoDatabase;
let server: ServerProcess;
let partner: StandInPartner;
let admin: ReturnType<typeof sdkClients>['pricing'];
let shop: ReturnType<typeof sdkClients>['pricing'];
let org: string;

beforeAll(async () => {
  [database, partner] = await Promise.all([demoDatabase(), standInPartner()]);
  server = await ServerProcess.start({
    data: database.data,
    environment: { ...database.environment, BUSBAR_ALLOWED_EGRESS: '127.0.0.1/32' },
  });
  const token = await server.command('token', 'admin');
  const clients = sdkClients(server.url, token);
  admin = clients.pricing;
  const { data } = await clients.entity.createEntity({ slug: 'contact' }, { first_name: 'Ada' });
  org = String(data['_org']);
  const tokens = createTokenClient();
  tokens.defaults.baseURL = server.url;
  tokens.defaults.headers.common['authorization'] = `Bearer ${token}`;
  const journey = await tokens.createAccessToken(null, {
    ...{ name: 'shop', token_type: 'journey', journey_id: 'j1' },
  });
  shop = sdkClients(server.url, String(journey.data.token)).pricing;
  const installed = await fetch(`${server.url}/ext/v1/apps/${APP}/components`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ components: moods.map(component) }),
  });
  expect(installed.status).toBe(200);
  await isIn('well');
});
afterAll(async () => {
  await server.remove();
  await Promise.all([database.drop(), partner.close()]);
});

const moods: readonly PartnerMood[] = ['well', 'hangs', 'fails', 'babbles', 'floods'];

/** An app's catalog per mood, with the mood as its id. */
function component(mood: PartnerMood) {
  const hook = (type: string) => ({
    id: type,
    type,
    call: { method: 'POST', url: `${partner.at(mood)}/${type}` },
  });
  const hooks = [hook('products'), hook('product-recommendations')];
  return { id: mood, component_type: 'EXTERNAL_PRODUCT_CATALOG', configuration: { hooks } };
}

/** Points both integrations at the partner in a mood. */
async function isIn(mood: PartnerMood): Promise<void> {
  for (const integrationId of ['getag', 'external-catalog'] as const) {
    await admin.$saveCredentials(
      { integrationId },
      {
        ...{ auth_type: 'basic_auth', username: 'utility', password: 'secret', base_url: partner.at(mood) },
      },
    );
  }
}

const inCatalog = (componentId: string) => ({
  ...{ config: { appId: APP, componentId }, origin: 'journey' as const, context: CONTEXT },
});
const orgHeader = () => ({ 'X-Epilot-Org-ID': org });

/** Every question to a partner, asked in its present mood; the apps' catalogs in the named one. */
const askEverything = (mood: PartnerMood) =>
  Promise.all([
    shop.$searchExternalProducts({ integrationId: 'external-catalog' }, { context: CONTEXT }, ANY_STATUS),
    shop.$searchExternalProductRecommendations(
      { integrationId: 'external-catalog' },
      { context: CONTEXT },
      ANY_STATUS,
    ),
    shop.$getExternalCatalogProducts(null, inCatalog(mood), ANY_STATUS),
    shop.$getExternalCatalogProductRecommendations(null, inCatalog(mood), ANY_STATUS),
    shop.$searchProviders(
      { integrationId: 'getag', ...orgHeader() },
      { type: 'power', postal_code: '04109' },
      ANY_STATUS,
    ),
    shop.$searchStreets(
      { integrationId: 'getag', ...orgHeader() },
      { postal_code: '04109', city: 'Leipzig' },
      ANY_STATUS,
    ),
    shop.$computePrice(
      { integrationId: 'getag', ...orgHeader() },
      { type: 'power', postal_code: '04109', consumption_HT: 3500 },
      ANY_STATUS,
    ),
  ]);

it('asks partners for products, recommendations, grids and fees with the published client', async () => {
  const [products, recommended, ofApp, recommendedByApp, providers, streets, fees] =
    await askEverything('well');
  expect(products.data).toMatchObject({
    hits: 3,
    results: [{ pricing_details: { amount_total: 9882 } }, {}, {}],
  });
  expect(recommended.data).toMatchObject({
    source: { pricing_details: { amount_total: 9882 } },
    offers: [{}, {}],
  });
  expect(ofApp.data.hits).toBe(3);
  expect(recommendedByApp.data.offers).toHaveLength(2);
  expect(providers.data).toMatchObject([{ name: 'Netz Leipzig', code: 'netz-1', _meta: {} }]);
  expect(streets.data).toEqual([{ street: 'Ahornweg' }, { street: 'Zoostraße' }]);
  expect(fees.data).toMatchObject({ amount_total: 4362, currency: 'EUR' });
  const signedIn = partner.asked.filter(({ authorization }) => authorization?.startsWith('Basic '));
  expect(signedIn).toHaveLength(5);
});

it('orders what a partner offers at the price that was shown, and nothing that was changed', async () => {
  const { data } = await shop.$searchExternalProducts(
    { integrationId: 'external-catalog' },
    { context: CONTEXT },
  );
  for (const { pricing_details: details, _meta } of data.results) {
    const order = (changed: object) =>
      shop.$checkoutCart(
        { 'X-Ivy-Org-ID': org },
        {
          cart: {
            line_items: [
              {
                ...{ quantity: 1, is_composite_price: false as const },
                _immutable_pricing_details: { ...details, ...{ _meta }, ...changed },
              },
            ],
          },
        },
        ANY_STATUS,
      );
    const made = await order({});
    expect([made.status, made.data.order?.['amount_total']]).toEqual([200, details.amount_total]);
    const tampered = await order({
      items: JSON.parse(JSON.stringify(details.items).replaceAll(/"\d+\.\d+"/g, '"0.01"')),
      amount_total: 1,
    });
    expect([tampered.status, tampered.data]).toMatchObject([400, { code: 'INVALID_SIGNATURE' }]);
    const staff = await admin.createOrder(
      null,
      {
        line_items: [
          {
            is_composite_price: false,
            _immutable_pricing_details: { ...details, ...{ _meta }, amount_total: 1 },
          },
        ],
      },
      ANY_STATUS,
    );
    expect(staff.status).toBe(400);
  }
});

it.each(moods.filter((mood) => mood !== 'well'))(
  'answers 502 and nothing of the partner when it %s',
  async (mood) => {
    await isIn(mood);
    const answers = await askEverything(mood);
    await isIn('well');
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 502));
    for (const { data } of answers)
      expect(JSON.stringify(data)).not.toMatch(/stack trace|127\.0\.0\.1|secret/);
  },
);
