import { beforeAll, describe, expect, it } from 'vitest';
import { portalRoleSlug, roleId } from '../../identity/index.ts';
import { sql } from '../../storage/index.ts';
import { type PortalCustomer, portalCustomer, relatedTo } from '../service/testing/portal-customer.ts';

let customer: PortalCustomer;
let contract: string;

const COMPUTED = [
  { name: 'summary', value_formatter: '{{contract_number}}: {{contract.branch}} ({{entity.status}})' },
  { name: 'customer_note', value_formatter: '{{#if description}}Hinweis: {{description}}{{/if}}' },
  {
    ...{ name: 'pays', amount_field: 'installment_amount', currency_field: 'installment_amount_currency' },
    value_formatter: '{{formatCurrencyAttribute entity attribute locale}}',
  },
  { name: 'unknown_helper', value_formatter: '{{shout contract_number}}' },
  { name: 'endless', value_formatter: '{{#each line_items}}{{#each ../line_items}}x{{/each}}{{/each}}' },
];
const SHOWN = {
  summary: 'V-1: gas (active)',
  customer_note: 'Hinweis: Anbau',
  pays: '1.234,50\u00a0€',
  unknown_helper: '',
  endless: '',
};

const staff = (method: string, path: string, body?: unknown) =>
  customer.server.request(method, path, { token: customer.admin, body });

async function define(computed: readonly object[]) {
  const { body: schema } = await staff('GET', '/v1/entity/schemas/contract');
  const others = Object.values(schema['attributes'] ?? {}).filter(({ type }) => String(type) !== 'computed');
  const attributes = computed.map((one) => ({ label: 'Computed', type: 'computed', ...one }));
  return staff('PUT', '/v1/entity/schemas/contract', { ...schema, attributes: [...others, ...attributes] });
}

async function events(name: string) {
  const { database } = customer.server.busbar.storage;
  return database.tenant(customer.org).query<{ body: unknown }>(sql`
    select body from catalog_event where org_id = ${customer.org} and name = ${name}`);
}

beforeAll(async () => {
  customer = await portalCustomer();
  expect((await define(COMPUTED)).status).toBe(200);
  contract = await customer.create('contract', {
    ...{ contract_number: 'V-1', branch: 'gas', status: 'active', description: 'Anbau' },
    ...{ installment_amount: 123_450, installment_amount_currency: 'EUR' },
    line_items: Array.from({ length: 60 }, () => ({})),
    customer: relatedTo(customer.contactId),
    summary: 'sent by a client',
  });
});

describe('computed attributes', () => {
  it('are rendered wherever staff read the entity, and kept nowhere', async () => {
    const query = { q: `_schema:contract AND _id:${contract}` };
    const filter = [{ term: { _schema: 'contract' } }, { ids: { values: [contract] } }];
    expect((await staff('GET', `/v2/entity/contract/${contract}`)).body).toMatchObject(SHOWN);
    expect((await staff('GET', `/v1/entity/contract/${contract}`)).body['entity']).toMatchObject(SHOWN);
    expect((await staff('POST', '/v1/entity:search', query)).body['results']).toMatchObject([SHOWN]);
    expect((await staff('POST', '/v1/entity:list', { filter })).body['results']).toMatchObject([SHOWN]);
    const patched = await staff('PATCH', `/v1/entity/contract/${contract}`, {
      summary: 'again',
      branch: 'gas',
    });
    expect(patched.body).toMatchObject(SHOWN);
    const { database } = customer.server.busbar.storage;
    const stored = await database
      .tenant(customer.org)
      .query<{ doc: object }>(
        sql`select doc from entity where org_id = ${customer.org} and id = ${contract}::uuid`,
      );
    for (const name of Object.keys(SHOWN)) expect(stored[0]?.doc).not.toHaveProperty(name);
  });

  it('are in hydrated relations and can be asked for by name', async () => {
    const path = `/v2/entity/contact/${customer.contactId}?hydrate=true`;
    expect((await staff('GET', path)).body['contracts']).toMatchObject([SHOWN]);
    const { body } = await staff('POST', '/v1/entity:search', {
      ...{ q: `_id:${contract}`, fields: ['summary'] },
    });
    expect(body['results']).toMatchObject([{ _id: contract, summary: SHOWN.summary }]);
    expect(body['results']?.[0]).not.toHaveProperty('customer_note');
  });

  it('are shown to customers', async () => {
    const wanted = { slug: 'contract', entity_id: contract, templates: { line: '{{contract.summary}}' } };
    const { body } = await customer.ask('POST', '/v2/portal/entity:get', wanted);
    expect(body['result']).toMatchObject({ ...SHOWN, templates_output: { line: SHOWN.summary } });
    expect((await customer.ask('GET', `/v2/portal/contract/${contract}`)).body['entity']).toMatchObject(
      SHOWN,
    );
    const found = await customer.ask('POST', '/v2/portal/entity:search', { slug: 'contract' });
    expect(found.body['results']).toMatchObject([SHOWN]);
  });

  it('tell customers nothing of attributes that are hidden from them', async () => {
    const { organisations } = customer.server.busbar.rooms.identity;
    const id = roleId(customer.org, portalRoleSlug(customer.portalId));
    const grants = [
      { action: 'entity:view', resource: 'contract:*' },
      ...['branch', 'summary', 'customer_note'].map((name) => ({
        ...{ action: 'entity:attribute:view', resource: `contract:_ungrouped:${name}` },
      })),
    ];
    const { database } = customer.server.busbar.storage;
    const before = await database.tenant(customer.org).transaction(async (tx) => {
      const role = await organisations.role(tx, id);
      if (!role) throw new Error('A new portal has a role');
      await organisations.putRole(tx, { ...role, grants });
      return role;
    });
    const found = await customer.ask('POST', '/v2/portal/entity:search', { slug: 'contract' });
    expect(found.body['results']).toMatchObject([{ summary: ': gas ()', customer_note: '' }]);
    expect(found.body['results']?.[0]).not.toHaveProperty('pays');
    await database.tenant(customer.org).transaction((tx) => organisations.putRole(tx, before));
  });

  it('are in what other systems are told', async () => {
    const query = `origin=END_CUSTOMER_PORTAL&entity_id=${contract}`;
    await customer.ask('POST', `/v2/portal/entity/contract/access?${query}`);
    expect(JSON.stringify(await events('PortalEntityAccessed'))).toContain(SHOWN.summary);
  });

  it('are refused where the formatter is no template', async () => {
    const { status, body } = await define([{ name: 'broken', value_formatter: '{{#if' }]);
    expect(status).toBe(400);
    expect(body['errors']?.[0]?.['path']).toMatch(/^body\.attributes\[\d+\]\.value_formatter$/);
    const many = Array.from({ length: 51 }, (_one, at) => ({ name: `c${at}`, value_formatter: 'x' }));
    expect((await define(many)).status).toBe(400);
  });
});
