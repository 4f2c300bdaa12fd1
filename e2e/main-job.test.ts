import { afterAll, beforeAll, expect, it } from 'vitest';
import { sdkClients } from './clients.ts';
import { epilot } from './command-line.ts';
import { type DemoServer, startDemoServer } from './demo-server.ts';
import { runMainJob } from './main-job.ts';
import { refusalOf } from './refusal-of.ts';

let demo: DemoServer;
beforeAll(async () => {
  demo = await startDemoServer();
});
afterAll(() => demo.close());

it('does the main job with the published clients', async () => {
  const steps: string[] = [];
  await runMainJob(demo.server, demo.erp, (line) => steps.push(line));
  expect(steps.length).toBeGreaterThan(5);
});

it("prices the utility's own products with the published pricing client", async () => {
  const { pricing } = sdkClients(demo.server.url, await demo.server.command('token', 'admin'));
  const { data: catalog } = await pricing.$privateSearchCatalog(null, { q: '_schema:product', size: 10 });
  expect(catalog.hits).toBe(5);
  const { data: cart } = await pricing.$calculatePricingDetails(null, {
    line_items: [
      {
        quantity: 2,
        _price: {
          unit_amount: 1000,
          unit_amount_decimal: '10.00',
          unit_amount_currency: 'EUR',
          pricing_model: 'per_unit',
          is_tax_inclusive: true,
          type: 'one_time',
        },
        taxes: [{ tax: { rate: 19, type: 'VAT', description: 'VAT' } }],
      },
    ],
  });
  expect(cart).toMatchObject({ amount_total: 2000, amount_subtotal: 1681, amount_tax: 319 });
});

it('answers the published command line', async () => {
  const token = await demo.server.command('token', 'portal');
  const contact = await epilot('customer-portal', 'getContact', '-s', demo.server.url, '-t', token);
  expect(JSON.parse(contact)).toMatchObject({ entity: { customer_number: '1000004000' } });
  const admin = await demo.server.command('token', 'admin');
  const schema = await epilot('entity', 'getSchema', 'contract', '-s', demo.server.url, '-t', admin);
  expect(JSON.parse(schema)).toMatchObject({ slug: 'contract' });
});

it('lets a colleague sign in whom the command line added', async () => {
  const { server } = demo;
  const email = 'frieda@stadtwerke-musterstadt.example';
  expect(await server.command('staff', 'add', email, 'readonly')).toContain('may sign in');
  const password = await server.command('staff', 'password', email);
  const answer = await fetch(`${server.url}/idp/staff/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', username: email, password }),
  });
  const { id_token: token }: { id_token: string } = JSON.parse(await answer.text());
  const { entity } = sdkClients(server.url, token);
  expect((await entity.listSchemas()).status).toBe(200);
  const refused = entity.createEntity({ slug: 'contact' }, { first_name: 'Ada' });
  expect(await refusalOf(refused)).toMatchObject({ status: 403 });
});

it('ends in peace and finds everything at its second start', async () => {
  const before = await contacts();
  expect(await demo.server.stop()).toBe(0);
  await demo.restart();
  expect(await contacts()).toBe(before);
  expect(before).toBeGreaterThanOrEqual(40);
});

async function contacts(): Promise<number | undefined> {
  const { entity } = sdkClients(demo.server.url, await demo.server.command('token', 'admin'));
  const { data } = await entity.searchEntities(null, { q: '_schema:contact', size: 0 });
  return data.hits;
}
