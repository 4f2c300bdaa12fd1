import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { findEntity, isDocument } from '../../entities/index.ts';
import { sql } from '../../storage/index.ts';
import type { TestJson } from '../../testing/test-server.ts';
import { type ErpFixture, erpFixture, event, useCase } from '../testing/erp-fixture.ts';

const ID = { attribute: 'external_id', field: 'nr' };
const from = (...names: string[]) => [ID, ...names.map((name) => ({ attribute: name, field: name }))];
const target = (schema: string, attribute: string, field: string) => ({
  entity_schema: schema,
  unique_ids: [{ attribute, field }],
});

const USE_CASES = [
  useCase('contact', 'contact', from('first_name', 'last_name', 'odd', '_tags', '_title', '_id')),
  useCase(
    'mail',
    'contact',
    [
      { attribute: 'email', field: 'mail', _type: 'email' },
      { attribute: 'last_name', field: 'name' },
    ],
    { unique_ids: ['email'] },
  ),
  useCase(
    'by-id',
    'contact',
    [
      { attribute: '_id', field: 'id' },
      { attribute: 'last_name', field: 'name' },
    ],
    { unique_ids: ['_id'] },
  ),
  useCase('delete', 'contact', [ID], { mode: 'delete' }),
  useCase('purge', 'contact', [ID], { mode: 'purge' }),
  useCase('append', 'contact', [ID, { attribute: 'list', jsonataExpression: '{ "_append": list }' }]),
  useCase('append-all', 'contact', [ID, { attribute: 'list', jsonataExpression: '{ "_append_all": list }' }]),
  useCase('account', 'billing_account', [
    { attribute: 'external_id', field: 'nr' },
    {
      attribute: 'contacts',
      relations: {
        operation: '_set',
        jsonataExpression:
          'contacts.{ "entity_schema": "contact", "unique_ids": [{ "attribute": "external_id", "constant": $ }] }',
      },
    },
  ]),
  useCase('account-append', 'billing_account', [
    ID,
    {
      attribute: 'contacts',
      relations: {
        operation: '_append',
        items: [{ ...target('contact', 'external_id', 'contact'), _tags: ['NEW'] }],
      },
    },
  ]),
  useCase('self', 'contact', [
    ID,
    {
      attribute: 'parent',
      relations: { operation: '_set', items: [target('contact', 'external_id', 'nr')] },
    },
  ]),
  useCase('mail-link', 'billing_account', [
    ID,
    {
      attribute: 'contacts',
      relations: {
        operation: '_set',
        items: [
          { entity_schema: 'contact', unique_ids: [{ attribute: 'email', field: 'mail', _type: 'email' }] },
        ],
      },
    },
  ]),
  useCase('id-link', 'billing_account', [
    ID,
    { attribute: 'contacts', relations: { operation: '_set', items: [target('contact', '_id', 'contact')] } },
  ]),
  useCase('account-by-id-too', 'billing_account', [
    ID,
    {
      attribute: 'contacts',
      relations: {
        operation: '_set',
        items: [target('contact', 'external_id', 'other'), target('contact', '_id', 'contact')],
      },
    },
  ]),
  useCase('reference', 'billing_account', [
    ID,
    {
      attribute: 'billing_address',
      relation_refs: {
        operation: '_set',
        items: [
          {
            ...target('contact', 'external_id', 'contact'),
            path: 'address',
            value: { attribute: 'address', operation: '_append', field: 'address' },
          },
        ],
      },
    },
  ]),
  useCase('swap', 'contact', [ID, { attribute: 'customer_number', field: 'customer' }]),
  useCase(
    'by-customer',
    'contact',
    [
      { attribute: 'customer_number', field: 'customer' },
      { attribute: 'last_name', field: 'name' },
    ],
    { unique_ids: ['customer_number'] },
  ),
];

let erp: ErpFixture;
beforeAll(async () => {
  erp = await erpFixture(USE_CASES);
});

let serial = 0;
const fresh = (name: string) => `${name}-${++serial}`;

/** Processes events in one batch; the newest monitoring row of each. */
async function process(...events: [string, unknown][]): Promise<TestJson[]> {
  const results = await erp.sync(events.map(([slug, payload]) => event(slug, payload)));
  const rows = await erp.monitoring();
  return results.map(({ event_id: id }) => {
    const row = rows.find((candidate) => String(candidate['event_id']) === String(id));
    if (!row) throw new Error('An event without a row');
    return row;
  });
}

async function only(schema: string, attribute: string, value: string) {
  const [entity, ...others] = await erp.find(schema, attribute, value);
  expect(others).toEqual([]);
  if (!entity) throw new Error(`No ${schema} with ${attribute} ${value}`);
  return entity;
}

function targetsOf(value: unknown): unknown[] {
  const items = isDocument(value) ? (value['$relation'] ?? value['$relation_ref']) : undefined;
  return Array.isArray(items) ? items : [];
}

describe('an upsert', () => {
  it('creates once and patches from then on; null clears, absent stays', async () => {
    const nr = fresh('c');
    await process(['contact', { nr, first_name: 'Ida', last_name: 'Wolf' }]);
    const [row] = await process(['contact', { nr, first_name: null }]);
    expect(row).toMatchObject({ status: 'success', error_code: null });
    const { doc } = await only('contact', 'external_id', nr);
    expect(doc).toMatchObject({ last_name: 'Wolf' });
    expect(doc).not.toHaveProperty('first_name');
  });

  it('that changes nothing leaves no trace', async () => {
    const nr = fresh('c');
    await process(['contact', { nr, first_name: 'Ida' }]);
    const before = await only('contact', 'external_id', nr);
    const activities = () =>
      erp.tenant.query(sql`select count(*) from activity where org_id = ${erp.tenant.org}`);
    const counted = await activities();
    erp.server.clock.advance(5000);
    const [row] = await process(['contact', { nr, first_name: 'Ida' }]);
    expect(row).toMatchObject({ status: 'success' });
    expect(await only('contact', 'external_id', nr)).toEqual(before);
    expect(await activities()).toEqual(counted);
  });

  it('finds entities by any mail of their list', async () => {
    const mail = `${fresh('m')}@example.org`;
    await process(
      ['mail', { mail: [mail, `x${mail}`], name: 'A' }],
      ['mail', { mail: `x${mail}`, name: 'B' }],
    );
    expect((await only('contact', 'email', `x${mail}`)).doc).toMatchObject({
      last_name: 'B',
      email: [{ email: `x${mail}` }],
    });
    expect(await erp.find('contact', 'email', mail)).toEqual([]);
  });

  it('is an error, and writes nothing, when several entities match', async () => {
    const nr = fresh('twin');
    for (const first_name of ['one', 'two']) {
      const made = await erp.request('POST', '/v1/entity/contact', { external_id: nr, first_name });
      expect(made.status, JSON.stringify(made.body)).toBe(201);
    }
    const [row] = await process(['contact', { nr, first_name: 'three' }]);
    expect(row).toMatchObject({
      status: 'error',
      error_code: 'UNIQUE_ID_MULTIPLE_MATCHES',
      error_category: 'validation',
      error_message: expect.stringContaining('1 of 1 updates failed'),
    });
    expect((await erp.find('contact', 'external_id', nr)).map(({ doc }) => doc['first_name']).sort()).toEqual(
      ['one', 'two'],
    );
  });

  it('by _id alone never creates', async () => {
    const nr = fresh('c');
    await process(['contact', { nr }]);
    const { id } = await only('contact', 'external_id', nr);
    const unknown = '5f0c4c1e-7f9f-4a51-9c9e-0d2a4d8f7b10';
    const rows = await process(
      ['by-id', { id, name: 'Direct' }],
      ['by-id', { id: unknown, name: 'x' }],
      ['by-id', { id: 'no uuid', name: 'x' }],
    );
    expect(rows).toMatchObject([
      { status: 'success' },
      { status: 'error', error_code: 'ENTITY_REFERENCE_NOT_FOUND' },
      { status: 'error' },
    ]);
    expect((await only('contact', 'external_id', nr)).doc['last_name']).toBe('Direct');
  });

  it('creates anew beside a deleted entity, with a warning', async () => {
    const nr = fresh('c');
    await process(['contact', { nr }], ['delete', { nr }]);
    expect(await erp.find('contact', 'external_id', nr)).toEqual([]);
    const [row, again] = await process(['contact', { nr }], ['contact', { nr }]);
    expect(row).toMatchObject({ status: 'warning', error_code: 'SOFT_DELETED_ENTITY_MATCHED' });
    expect(again).toMatchObject({ status: 'success' });
    expect(await erp.find('contact', 'external_id', nr)).toHaveLength(1);
  });

  it('ignores what only the platform writes, and stores odd types, each with a warning', async () => {
    const nr = fresh('c');
    const [system, clash] = await process(
      ['contact', { nr, _title: 'Forged', _tags: ['vip'] }],
      ['contact', { nr, first_name: { a: 1 } }],
    );
    expect(system).toMatchObject({ status: 'warning', error_message: expect.stringContaining('_title') });
    expect(clash).toMatchObject({ status: 'warning', error_code: 'ATTRIBUTE_TYPE_MISMATCH' });
    const entity = await only('contact', 'external_id', nr);
    expect(entity.title).not.toBe('Forged');
    expect(entity.doc).toMatchObject({ _tags: ['vip'], first_name: { a: 1 } });
  });

  it('that cannot be stored does not take the others of its batch along', async () => {
    const [first, deep, last] = [fresh('c'), fresh('c'), fresh('c')];
    const odd = JSON.parse(`${'['.repeat(80)}${']'.repeat(80)}`);
    const rows = await process(
      ['contact', { nr: first }],
      ['contact', { nr: deep, odd }],
      ['contact', { nr: last }],
    );
    expect(
      rows.map((row) => [String(row['status']), row['error_code'] && String(row['error_code'])]),
    ).toEqual([
      ['success', null],
      ['error', 'INVALID_REQUEST'],
      ['success', null],
    ]);
    expect(await erp.find('contact', 'external_id', last)).toHaveLength(1);
  });

  it('sees what earlier events of the same batch have written, also to identifying attributes', async () => {
    const [a, b] = [fresh('c'), fresh('c')];
    const [x, y] = [fresh('k'), fresh('k')];
    await process(['swap', { nr: a, customer: x }], ['swap', { nr: b, customer: y }]);
    await process(
      ['swap', { nr: a, customer: `${x}-gone` }],
      ['swap', { nr: b, customer: x }],
      ['by-customer', { customer: x, name: 'second' }],
      ['by-customer', { customer: y, name: 'third' }],
    );
    expect((await only('contact', 'external_id', b)).doc['last_name']).toBe('second');
    expect((await only('contact', 'external_id', a)).doc).not.toHaveProperty('last_name');
    expect((await only('contact', 'customer_number', y)).doc).toMatchObject({ last_name: 'third' });
  });
});

describe('lists', () => {
  it('are appended to: new values once, or all of them', async () => {
    const nr = fresh('c');
    await process(
      ['append', { nr, list: ['a', 'b', 'a'] }],
      ['append', { nr, list: ['b', 'c'] }],
      ['append-all', { nr, list: ['c'] }],
    );
    expect((await only('contact', 'external_id', nr)).doc['list']).toEqual(['a', 'b', 'c', 'c']);
  });
});

describe('deletes', () => {
  it('of what is not there are no errors, and purge also takes what lies in the recycle bin', async () => {
    const nr = fresh('c');
    expect(await process(['delete', { nr }], ['purge', { nr }])).toMatchObject([
      { status: 'success' },
      { status: 'success' },
    ]);
    await process(['contact', { nr }]);
    const { id } = await only('contact', 'external_id', nr);
    await process(['delete', { nr }], ['delete', { nr }]);
    expect((await findEntity(erp.tenant, id, 'contact', { includeDeleted: true }))?.deletedAt).toBeDefined();
    await process(['purge', { nr }]);
    expect(await findEntity(erp.tenant, id, 'contact', { includeDeleted: true })).toBeUndefined();
  });
});

describe('relations', () => {
  it('create stubs for missing targets, which are filled later and never doubled', async () => {
    const [nr, one, two] = [fresh('b'), fresh('c'), fresh('c')];
    await process(
      ['contact', { nr: one, last_name: 'There' }],
      ['account', { nr, contacts: [one, two, one] }],
      ['contact', { nr: two, last_name: 'Later' }],
    );
    const account = await only('billing_account', 'external_id', nr);
    const targets = [await only('contact', 'external_id', one), await only('contact', 'external_id', two)];
    expect(targetsOf(account.doc['contacts'])).toEqual(
      targets.map(({ id }) => ({ entity_id: id, _schema: 'contact' })),
    );
    expect(targets[1]?.doc['last_name']).toBe('Later');
  });

  it('that cannot be complete are left out and leave no stubs behind', async () => {
    const [nr, other] = [fresh('b'), fresh('c')];
    expect(await process(['account-by-id-too', { nr, other, contact: randomUUID() }])).toMatchObject([
      { status: 'warning', error_code: 'ENTITY_REFERENCE_NOT_FOUND' },
    ]);
    expect((await only('billing_account', 'external_id', nr)).doc).not.toHaveProperty('contacts');
    expect(await erp.find('contact', 'external_id', other)).toEqual([]);
  });

  it('are appended once, and an item that is there keeps its tags', async () => {
    const [nr, contact] = [fresh('b'), fresh('c')];
    await process(
      ['account', { nr, contacts: [contact] }],
      ['account-append', { nr, contact }],
      ['account-append', { nr, contact: `${contact}-2` }],
    );
    const items = targetsOf((await only('billing_account', 'external_id', nr)).doc['contacts']);
    expect(items).toMatchObject([{ entity_id: expect.any(String) }, { _tags: ['NEW'] }]);
    expect(items[0]).not.toHaveProperty('_tags');
  });

  it('may point at the entity itself, in the event that creates it', async () => {
    const nr = fresh('c');
    expect(await process(['self', { nr }], ['self', { nr }])).toMatchObject([
      { status: 'success' },
      { status: 'success' },
    ]);
    const entity = await only('contact', 'external_id', nr);
    expect(targetsOf(entity.doc['parent'])).toEqual([{ entity_id: entity.id, _schema: 'contact' }]);
  });

  it('find and create targets by mail in the repeatable form', async () => {
    const [one, two, mail] = [fresh('b'), fresh('b'), `${fresh('m')}@example.org`];
    await process(
      ['mail-link', { nr: one, mail }],
      ['mail-link', { nr: two, mail }],
      ['mail', { mail, name: 'Found' }],
    );
    expect((await only('contact', 'email', mail)).doc).toMatchObject({
      email: [{ email: mail }],
      last_name: 'Found',
    });
  });

  it('leave the attribute out when a target is ambiguous or an unknown _id, and keep what was stored', async () => {
    const [nr, contact] = [fresh('b'), fresh('c')];
    await process(['account', { nr, contacts: [contact] }]);
    const before = await only('billing_account', 'external_id', nr);
    const twin = fresh('twin');
    for (const first_name of ['one', 'two'])
      await erp.request('POST', '/v1/entity/contact', { external_id: twin, first_name });
    const missing = fresh('c');
    const rows = await process(
      ['account', { nr, contacts: [missing, twin] }],
      ['id-link', { nr, contact: '5f0c4c1e-7f9f-4a51-9c9e-0d2a4d8f7b10' }],
    );
    expect(rows).toMatchObject([
      { status: 'warning', error_code: 'UNIQUE_ID_MULTIPLE_MATCHES' },
      { status: 'warning', error_code: 'ENTITY_REFERENCE_NOT_FOUND' },
    ]);
    expect((await only('billing_account', 'external_id', nr)).doc).toEqual(before.doc);
    expect(await erp.find('contact', 'external_id', missing)).toEqual([]);
  });
});

describe('relation references', () => {
  it('store the value at the target once and point at its item', async () => {
    const [nr, contact] = [fresh('b'), fresh('c')];
    const address = { street: 'Hafenallee', street_number: '7' };
    const rows = await process(
      ['reference', { nr, contact, address }],
      ['reference', { nr, contact, address }],
    );
    expect(rows).toMatchObject([{ status: 'success' }, { status: 'success' }]);
    const stored = await only('contact', 'external_id', contact);
    const [item, ...others] = Array.isArray(stored.doc['address']) ? stored.doc['address'] : [];
    expect(others).toEqual([]);
    expect(item).toMatchObject(address);
    expect(targetsOf((await only('billing_account', 'external_id', nr)).doc['billing_address'])).toEqual([
      { entity_id: stored.id, path: 'address', _id: item._id },
    ]);
  });
});
