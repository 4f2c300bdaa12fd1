import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Sql, sql, type TenantTransaction } from '../../storage/index.ts';
import { EntityGraph } from '../entity-graph.ts';
import { type Document, isDocument } from '../model/document.ts';
import { findEntities, findEntity } from '../reading/read-entity.ts';
import { relatedIds } from '../reading/related-ids.ts';
import { API_WRITE, type GraphFixture, graphFixture } from '../testing/graph-fixture.ts';
import { diffDocuments } from './diff.ts';

const relation = (...ids: string[]) => ({ $relation: ids.map((entity_id) => ({ entity_id })) });

describe('the rules of writing', () => {
  let fixture: GraphFixture;
  beforeAll(async () => {
    fixture = await graphFixture();
  });

  const stored = async ({ id }: { id: string }) => {
    const entity = await findEntity(fixture.tenant, id, undefined, { includeDeleted: true });
    if (!entity) throw new Error(`${id} is gone`);
    return entity;
  };
  const related = (doc: Document, attribute: string) => {
    const value = doc[attribute];
    return isDocument(value) && Array.isArray(value['$relation'])
      ? value['$relation'].map((item: { entity_id: string }) => item.entity_id)
      : [];
  };

  it('items of repeatables keep their ids while they stay the same', async () => {
    const contact = await fixture.create('contact', {
      email: [{ email: 'a@example.org' }, { email: 'b@example.org' }],
      phone: '0301',
    });
    const [first, second] = JSON.parse(JSON.stringify(contact.doc['email']));
    expect(first._id).toMatch(/^[\w-]{10}$/);
    expect(contact.doc['phone']).toEqual([{ _id: expect.any(String), phone: '0301' }]);
    const after = await fixture.patch(contact, {
      email: [{ email: 'b@example.org' }, { email: 'c@example.org' }],
    });
    expect(after.doc['email']).toEqual([second, { _id: expect.any(String), email: 'c@example.org' }]);
    expect(JSON.stringify(after.doc['email'])).not.toContain(first._id);
  });

  it('sequences and defaults apply on create only, and survive a put', async () => {
    const order = await fixture.create('order', { currency: 'EUR' });
    const { entity } = await fixture.tenant.transaction((tx) =>
      fixture.graph.put(tx, { id: order.id, attributes: { source: 'shop' } }, API_WRITE),
    );
    expect(entity.doc).toEqual({ order_number: order.doc['order_number'], source: 'shop' });
    expect((await fixture.create('order', { order_number: 'ERP-1' })).doc['order_number']).toBe('ERP-1');
  });

  it('numbers are never given twice, however many creates run at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, () => fixture.create('ticket', { ticket_title: 'x' })),
    );
    expect(new Set(made.map(({ doc }) => doc['ticket_number'])).size).toBe(20);
  });

  it('a has_one on the other side drops its former partner', async () => {
    const contract = await fixture.create('contract', { contract_name: 'A' });
    const first = await fixture.create('billing_account', { contracts: relation(contract.id) });
    const second = await fixture.create('billing_account', { contracts: relation(contract.id) });
    expect(related((await stored(contract)).doc, 'billing_account')).toEqual([second.id]);
    expect((await stored(first)).doc).not.toHaveProperty('contracts');
  });

  it('deletion hides from neighbours and comes back; purging clears every list', async () => {
    const contact = await fixture.create('contact', { first_name: 'Mia' });
    const contract = await fixture.create('contract', { customer: relation(contact.id) });
    const event = await fixture.create('billing_event', { contract: relation(contract.id) });
    const neighbours = () => relatedIds(fixture.tenant, [contact.id], { schema: 'contract' });
    expect(await neighbours()).toEqual([{ from: contact.id, id: contract.id, schema: 'contract' }]);
    await fixture.tenant.transaction((tx) => fixture.graph.softDelete(tx, { id: contract.id }, API_WRITE));
    expect(await neighbours()).toEqual([]);
    expect(related((await stored(contact)).doc, 'contracts')).toEqual([contract.id]);
    await fixture.tenant.transaction((tx) => fixture.graph.restore(tx, { id: contract.id }, API_WRITE));
    expect(await neighbours()).toHaveLength(1);

    await fixture.tenant.transaction((tx) => fixture.graph.purge(tx, { id: contract.id }, API_WRITE));
    expect(await findEntities(fixture.tenant, [contract.id], { includeDeleted: true })).toEqual([]);
    expect((await stored(contact)).doc).not.toHaveProperty('contracts');
    expect((await stored(event)).doc).not.toHaveProperty('contract');
  });

  it('a listener that throws undoes the write', async () => {
    const { tenant, clock } = fixture;
    const graph = new EntityGraph({ clock, listeners: [() => Promise.reject(new Error('no event'))] });
    const before = await tenant.first(sql`select count(*) from entity where org_id = ${tenant.org}`);
    const writing = tenant.transaction((tx) =>
      graph.create(tx, { schema: 'contact', attributes: {} }, API_WRITE),
    );
    await expect(writing).rejects.toThrow('no event');
    expect(await tenant.first(sql`select count(*) from entity where org_id = ${tenant.org}`)).toEqual(before);
  });

  it('text that cannot be stored is refused with its place', async () => {
    const writing = fixture.create('contact', { nested: { list: ['ok', 'nul\u0000'] } });
    await expect(writing).rejects.toMatchObject({
      status: 400,
      details: { errors: [{ path: 'body.nested.list[1]' }] },
    });
  });

  it('array operations are values for the API and operations for the ERP', async () => {
    const contact = await fixture.create('contact', { tags_list: ['a'] });
    const asValue = await fixture.patch(contact, { tags_list: { _append: ['b'] } });
    expect(asValue.doc['tags_list']).toEqual({ _append: ['b'] });
    await fixture.patch(contact, { tags_list: ['a'] });
    const applied = await fixture.patch(
      contact,
      { tags_list: { _append: ['b', 'a'] } },
      { arrayOperations: true },
    );
    expect(applied.doc['tags_list']).toEqual(['a', 'b']);
  });

  it('many changes cost as many statements as one', async () => {
    const count = async (changes: number) => {
      let statements = 0;
      await fixture.tenant.transaction((tx) => {
        const counting: TenantTransaction = {
          ...tx,
          query<Row extends object>(statement: Sql) {
            statements += 1;
            return tx.query<Row>(statement);
          },
          first<Row extends object>(statement: Sql) {
            statements += 1;
            return tx.first<Row>(statement);
          },
          run(statement) {
            statements += 1;
            return tx.run(statement);
          },
        };
        const wishes = Array.from({ length: changes }, (_, n) => ({
          kind: 'create' as const,
          schema: 'contract',
          attributes: { contract_number: `N-${n}`, customer: relation(contactId) },
        }));
        return fixture.graph.write(counting, wishes, API_WRITE);
      });
      return statements;
    };
    const contactId = (await fixture.create('contact', { first_name: 'Mia' })).id;
    expect(await count(50)).toBe(await count(1));
  });

  it('a diff applied backwards restores the document', () => {
    const documents = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(documents, documents, (before, after) => {
        const { added, updated, deleted } = diffDocuments(before, after);
        const kept = Object.entries(after).filter(([name]) => !(name in added));
        expect({ ...Object.fromEntries(kept), ...updated, ...deleted }).toEqual(before);
      }),
    );
  });
});
