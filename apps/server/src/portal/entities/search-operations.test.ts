import { beforeAll, describe, expect, it } from 'vitest';
import type { PortalCustomer } from '../service/testing/portal-customer.ts';
import { customerWithGrants, relatedTo } from './testing/customer-with-grants.ts';

let me: PortalCustomer;
let contracts: string[];
let hidden: string;

beforeAll(async () => {
  me = await customerWithGrants({}, [['entity:attribute:view', 'contract:*:nothing']]);
  const stranger = await me.another();
  const create = (number: string, more: object) =>
    me.create('contract', { contract_number: number, customer: relatedTo(me.contactId), ...more });
  contracts = [
    await create('K-100', { contract_name: 'Strom Öko', branch: 'power', status: 'active' }),
    await create('K-200', {
      contract_name: 'Gas Klassik',
      delivery_address: [{ street: 'Hafenweg', street_number: '3', city: 'Husum' }],
      branch: 'gas',
      status: 'active',
    }),
    await create('K-300', { contract_name: 'Strom Basis', branch: 'power', status: 'terminated' }),
  ];
  hidden = await me.create('contract', {
    contract_number: 'K-900',
    contract_name: 'Strom fremd',
    customer: relatedTo(stranger.contactId),
  });
});

const search = (body: object) => me.ask('POST', '/v2/portal/entity:search', body);
const numbers = (answer: { body: unknown }) =>
  JSON.parse(JSON.stringify(answer.body)).results.map(
    (one: { contract_number: string }) => one.contract_number,
  );

describe('entity:search', () => {
  it('finds words whatever their accents, and marks them', async () => {
    const { create, contactId } = me;
    await create('contract', {
      ...{
        contract_number: 'U-1',
        contract_name: 'Wärme für die Königstraße',
        customer: relatedTo(contactId),
      },
    });
    for (const q of ['warme', 'WAERME', 'Wärme', 'konigstrasse', 'königstraß'])
      expect([q, numbers(await search({ slug: 'contract', q }))]).toEqual([q, ['U-1']]);
    expect(numbers(await search({ slug: 'contract', q: 'warmen' }))).toEqual([]);
    const templates = { title: '{{contract.contract_name}}' };
    const marked = await search({ slug: 'contract', q: 'koenigstrass', templates, highlight: {} });
    expect(marked.body['results']?.[0]?.['templates_output_highlighted']).toEqual({
      title: 'Wärme für die <em>Königstraß</em>e',
    });
    await me.server.request('DELETE', `/v1/entity/contract/${marked.body['results']?.[0]?.['_id']}`, {
      token: me.admin,
    });
  });

  it('finds words, filters, sorts and pages among own entities only', async () => {
    expect(numbers(await search({ slug: 'contract', q: 'stro', sort: 'contract_number:asc' }))).toEqual([
      'K-100',
      'K-300',
    ]);
    expect(numbers(await search({ slug: 'contract', q: 'strom AND k-300' }))).toEqual([]);
    expect(
      numbers(
        await search({
          slug: 'contract',
          q: 'Kim',
          q_fields: ['customer.first_name'],
          sort: 'contract_number',
        }),
      ),
    ).toHaveLength(3);
    expect(
      numbers(
        await search({
          slug: 'contract',
          filters: [{ term: { 'status.keyword': 'active' } }],
          sort: 'contract_number:desc',
        }),
      ),
    ).toEqual(['K-200', 'K-100']);
    const page = await search({ slug: 'contract', sort: 'contract_number', from: 1, size: 1 });
    expect(numbers(page)).toEqual(['K-200']);
    expect(page.body).toMatchObject({ hits: 1, pagination: { from: 1, size: 1, total: 3, has_more: true } });
  });

  it('narrows by context and does not tell of foreign entities', async () => {
    const meter = await me.create('meter', { meter_number: 'Z-1', contract: relatedTo(contracts[0] ?? '') });
    const context = (item: object, slug = 'meter') => search({ slug, filters_context: [item] });
    expect((await context({ contract: contracts[0] })).body).toMatchObject({ results: [{ _id: meter }] });
    expect((await context({ contract: hidden })).body).toMatchObject({ hits: 0 });
    expect((await context({ contact: true }, 'contract')).body).toMatchObject({ hits: 3 });
    expect((await context({ contact: false }, 'contract')).status).toBe(400);
  });

  it('groups by a value, page by page', async () => {
    const first = await search({ slug: 'contract', group: 'branch', group_size: 1 });
    expect(first.body).toMatchObject({
      groups: [{ group: 'gas', count: 1, results: [{ contract_number: 'K-200' }] }],
      groups_pagination: { has_more: true, after_key: { branch: 'gas' } },
      hits: 1,
    });
    const second = await search({
      slug: 'contract',
      group: 'branch',
      group_after_key: { branch: 'gas' },
      size: 1,
    });
    expect(second.body).toMatchObject({
      groups: [{ group: 'power', count: 2, pagination: { has_more: true } }],
      groups_pagination: { has_more: false },
    });
    const titled = await search({
      slug: 'contract',
      group: 'customer._title',
      group_title: '{{customer[Primary].first_name}} {{customer[Primary].last_name}}',
    });
    expect(titled.body).toMatchObject({
      groups: [{ group: 'Kim Petersen', group_title: 'Kim Petersen', count: 3 }],
    });
  });

  it('finds no way through an own entity to those of strangers', async () => {
    const stranger = await me.create('contact', { first_name: 'Eve', last_name: 'Fremd' });
    const account = await me.create('billing_account', { billing_account_number: 'B-1' });
    await me.create('contract', {
      contract_number: 'FREMD',
      customer: relatedTo(stranger),
      billing_account: relatedTo(account),
    });
    const shared = {
      contract_number: 'K-500',
      customer: relatedTo(me.contactId, stranger),
      billing_account: relatedTo(account),
    };
    const own = await me.create('contract', shared);
    const hydrated = await me.ask('POST', '/v2/portal/entity:get', {
      slug: 'billing_account',
      entity_id: account,
      hydrate: true,
      templates: {
        all: '{{#each billing_account.contracts}}{{contract_number}} {{/each}}',
        far: '{{#each billing_account.contracts}}{{#each customer}}{{#each contracts}}{{contract_number}} {{/each}}{{/each}}{{/each}}',
      },
    });
    expect(hydrated.status).toBe(200);
    expect(JSON.stringify(hydrated.body)).toContain('K-500');
    expect(JSON.stringify(hydrated.body)).not.toContain('FREMD');
    const asked = await search({
      slug: 'billing_account',
      filters: [{ term: { 'contracts.contract_number': 'FREMD' } }],
    });
    expect(asked.status).toBe(403);
    const deep = await search({
      slug: 'contract',
      filters: [{ ids: { values: [own] } }],
      templates: {
        far: '{{#each contract.customer}}{{#each contracts}}{{contract_number}} {{/each}}{{/each}}',
      },
    });
    expect(JSON.stringify(deep.body)).toContain('K-500');
    expect(JSON.stringify(deep.body)).not.toContain('FREMD');
    await me.server.request('DELETE', `/v1/entity/contract/${own}`, { token: me.admin });
  });

  it('puts custom variables into templates', async () => {
    const variable = {
      key: 'custom_contract_line',
      template: '{{contract.contract_name}} ({{contact.last_name}})',
    };
    const made = await me.server.request('POST', '/v1/custom-variables', { token: me.admin, body: variable });
    expect(made.status).toBe(201);
    const templates = { nested: '<i>{{custom_contract_line}}</i>{{unknown_name}}' };
    const answer = await search({ slug: 'contract', q: 'gas', templates });
    expect(answer.body['results']?.[0]?.['templates_output']).toEqual({
      nested: '<i>Gas Klassik (Petersen)</i>',
    });
  });

  it('renders templates over visible attributes and marks what was searched for', async () => {
    const answer = await search({
      slug: 'contract',
      q: 'gas',
      highlight: { fields: { contract_name: {} } },
      fields: ['contract_number'],
      templates: {
        title: '{{contract.contract_name}} <{{contract.contract_number}}>',
        who: '{{contract.customer.0.first_name}} {{contact.last_name}}',
        broken: '{{#each',
        place: '{{contract.delivery_address}}',
      },
    });
    expect(answer.body).toMatchObject({
      results: [
        {
          contract_number: 'K-200',
          templates_output: {
            title: 'Gas Klassik <K-200>',
            who: 'Kim Petersen',
            broken: '',
            place: 'Hafenweg 3, Husum',
          },
          templates_output_highlighted: { title: '<em>Gas</em> Klassik &lt;K-200&gt;' },
          highlight: { contract_name: ['<em>Gas</em> Klassik'] },
          search_snippets: [{ fragment: '<em>Gas</em> Klassik' }],
        },
      ],
    });
    expect(JSON.stringify(answer.body)).not.toContain('branch');
  });

  it('marks the fields that the configuration of Elasticsearch names, and no others', async () => {
    const marked = async (highlight: object) =>
      (await search({ slug: 'contract', q: 'gas', highlight })).body['results']?.[0]?.['highlight'];
    const whole = await marked({});
    expect(whole).toMatchObject({ contract_name: ['<em>Gas</em> Klassik'] });
    expect(await marked({ fields: { contract_name: {} } })).toEqual({
      contract_name: whole?.['contract_name'],
    });
    expect(await marked({ fields: [{ 'contract_na*': {} }] })).toEqual({
      contract_name: whole?.['contract_name'],
    });
    expect(await marked({ fields: { description: {} } })).toBeUndefined();
  });

  it.each([
    [{ slug: 'contract', filters: [{ script: { source: '1' } }] }, 400],
    [{ slug: 'contract', filters: [{ term: { no_such_field: 1 } }] }, 400],
    [{ slug: 'contract', filters: [{ term: { "x'; drop table entity; --": 1 } }] }, 400],
    [{ slug: 'contract', filters: [{ term: { contract_number: '\u0000' } }] }, 400],
    [{ slug: 'contract', sort: 'contract_number; select 1' }, 400],
    [{ slug: 'contract', sort: 'nothing:asc' }, 400],
    [{ slug: 'contract', group: 'nothing' }, 400],
    [{ slug: 'contract', from: 3_000_000_000 }, 400],
    [{ slug: 'contract', size: -1 }, 400],
    [{ slug: 'contract', targets: ['5da0a718-c822-403d-9f5d-20d4584e0528'] }, 200],
    [{ slug: 'no_such_schema' }, 403],
    [{ slug: 'contact', filters: [{ term: { contract_number: 'K-100' } }], group: 'customer._title' }, 200],
    [{ slug: 'tax' }, 403],
    [{ slug: ['contract', 'tax'] }, 403],
    [{ slug: 'contract', q: '"; \\ % _ :* <->' }, 200],
  ])('answers %j with %i', async (body, status) => {
    expect((await search(body)).status).toBe(status);
  });
});

describe('entity:get', () => {
  it('answers one entity with selected fields and hydrated relations', async () => {
    const answer = await me.ask('POST', '/v2/portal/entity:get', {
      slug: 'contract',
      entity_id: contracts[0],
      fields: ['contract_name', 'customer'],
      hydrate: true,
    });
    expect(answer.status).toBe(200);
    expect(answer.body['result']).toMatchObject({
      _id: contracts[0],
      contract_name: 'Strom Öko',
      customer: [{ first_name: 'Kim', $relation: { entity_id: me.contactId } }],
    });
    expect(answer.body['result']).not.toHaveProperty('branch');
  });

  it('takes the own contact without an id, the newest match of filters, and 404 for what is out of reach', async () => {
    expect((await me.ask('POST', '/v2/portal/entity:get', { slug: 'contact' })).body).toMatchObject({
      result: { _id: me.contactId },
    });
    expect(
      (
        await me.ask('POST', '/v2/portal/entity:get', {
          slug: 'contract',
          filters: [{ term: { branch: 'gas' } }],
        })
      ).body,
    ).toMatchObject({ result: { _id: contracts[1] } });
    expect(
      (await me.ask('POST', '/v2/portal/entity:get', { slug: 'contract', entity_id: hidden })).status,
    ).toBe(404);
    expect((await me.ask('POST', '/v2/portal/entity:get', { slug: 'tax', entity_id: hidden })).status).toBe(
      403,
    );
  });
});
