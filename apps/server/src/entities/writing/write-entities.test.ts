import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { toWire } from '../model/entity.ts';
import { findEntity } from '../reading/read-entity.ts';
import { API_WRITE, type GraphFixture, graphFixture } from '../testing/graph-fixture.ts';

describe('writing entities', () => {
  let fixture: GraphFixture;
  beforeAll(async () => {
    fixture = await graphFixture();
  });

  const reload = async (entity: { id: string }) => {
    const found = await findEntity(fixture.tenant, entity.id);
    if (!found) throw new Error('not found');
    return found;
  };

  it('stores a document and answers it with its system members', async () => {
    const entity = await fixture.create('contact', {
      first_name: 'Mia',
      last_name: 'Kurz',
      nested: { a: [1, null, 'x'] },
    });
    const stored = await reload(entity);
    expect(stored).toEqual(entity);
    expect(toWire(stored)).toEqual({
      _id: entity.id,
      _org: fixture.tenant.org,
      _schema: 'contact',
      _title: 'Mia Kurz',
      _created_at: fixture.clock.now().toISOString(),
      _updated_at: fixture.clock.now().toISOString(),
      _owners: [{ org_id: fixture.tenant.org }],
      _acl: {
        view: [`org_${fixture.tenant.org}`],
        edit: [`org_${fixture.tenant.org}`],
        delete: [`org_${fixture.tenant.org}`],
      },
      first_name: 'Mia',
      last_name: 'Kurz',
      nested: { a: [1, null, 'x'] },
    });
  });

  it('merges on the top level, clears with null, and recomputes the title', async () => {
    const entity = await fixture.create('contact', { first_name: 'Mia', last_name: 'Kurz', title: 'Dr.' });
    await fixture.patch(entity, { last_name: 'Lang', title: null });
    const stored = await reload(entity);
    expect(stored.doc).toEqual({ first_name: 'Mia', last_name: 'Lang' });
    expect(stored.title).toBe('Mia Lang');
    expect(stored.updatedAt).toEqual(fixture.clock.now());
  });

  it('writes nothing when nothing changes', async () => {
    const entity = await fixture.create('contact', {
      first_name: 'Mia',
      email: [{ email: 'mia@example.org' }],
    });
    const before = fixture.heard.length;
    const again = await fixture.patch(entity, { first_name: 'Mia', email: [{ email: 'mia@example.org' }] });
    expect(again.updatedAt).toEqual(entity.updatedAt);
    expect(await reload(entity)).toEqual(entity);
    expect(fixture.heard).toHaveLength(before);
    const activities = await fixture.tenant.query(
      sql`select 1 from activity_operation where org_id = ${fixture.tenant.org} and entity_id = ${entity.id}`,
    );
    expect(activities).toHaveLength(1);
  });

  it('keeps contact.contracts and contract.customer in step', async () => {
    const contact = await fixture.create('contact', { first_name: 'Mia' });
    const contract = await fixture.create('contract', {
      contract_name: 'Strom',
      customer: { $relation: [{ entity_id: contact.id, _tags: ['primary'] }] },
    });
    expect((await reload(contact)).doc['contracts']).toEqual({
      $relation: [{ entity_id: contract.id, _schema: 'contract' }],
    });
    expect((await reload(contract)).doc['customer']).toEqual({
      $relation: [{ entity_id: contact.id, _schema: 'contact', _tags: ['primary'] }],
    });
    await fixture.patch(contact, { contracts: null });
    expect((await reload(contract)).doc).not.toHaveProperty('customer');
  });

  it('refuses one wish and keeps the others', async () => {
    const results = await fixture.tenant.transaction((tx) =>
      fixture.graph.write(
        tx,
        [
          { kind: 'create', schema: 'contact', attributes: { first_name: 'A' } },
          { kind: 'create', schema: 'nothing', attributes: {} },
          { kind: 'create', schema: 'order', attributes: {} },
        ],
        API_WRITE,
      ),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'refused', 'created']);
    expect(results[2]).toMatchObject({ entity: { title: 'OR-1000', doc: { order_number: 'OR-1000' } } });
  });
});
