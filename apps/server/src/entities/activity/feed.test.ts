import { beforeAll, describe, expect, it } from 'vitest';
import { API_WRITE, type GraphFixture, graphFixture } from '../testing/graph-fixture.ts';
import { createActivity } from './custom-activity.ts';
import { type FeedQuery, readFeed } from './feed.ts';

describe('the activity feed', () => {
  let fixture: GraphFixture;
  beforeAll(async () => {
    fixture = await graphFixture();
  });

  const feed = (id: string, query: FeedQuery = {}) =>
    readFeed(fixture.tenant, id, query, fixture.clock.now());
  const types = async (id: string, query: FeedQuery = {}) =>
    (await feed(id, query)).results.map((activity) => activity['type']);

  it('shows what happened, newest first, with the values before the change', async () => {
    const contact = await fixture.create('contact', { first_name: 'Mia' });
    await fixture.patch(contact, { first_name: 'Ida', title: 'Dr.' });
    expect(await feed(contact.id)).toMatchObject({
      total: 2,
      results: [
        {
          type: 'EntityUpdated',
          operations_total: 1,
          operations: [
            {
              operation: 'updateEntity',
              activity_type: 'EntityUpdated',
              params: { id: contact.id, slug: 'contact' },
              payload: { first_name: 'Ida', title: 'Dr.' },
              diff: { added: { title: 'Dr.' }, updated: { first_name: 'Mia' }, deleted: {} },
              source_context: { source: 'api', actor_type: 'api_client', actor_id: 'token-1' },
            },
          ],
        },
        {
          type: 'EntityCreated',
          operations: [{ operation: 'createEntity', payload: { first_name: 'Mia' } }],
        },
      ],
    });
  });

  it('can be bounded in time, by type and by page', async () => {
    const contact = await fixture.create('contact', { first_name: 'A' });
    await fixture.patch(contact, { first_name: 'B' });
    const created = contact.createdAt.toISOString();
    const updated = fixture.clock.now().toISOString();
    expect(await types(contact.id, { after: created })).toEqual(['EntityUpdated']);
    expect(await types(contact.id, { before: updated })).toEqual(['EntityCreated']);
    expect(await types(contact.id, { start_date: created, end_date: created })).toEqual(['EntityCreated']);
    expect(await types(contact.id, { preset_range: 'today' })).toHaveLength(2);
    expect(await types(contact.id, { preset_range: 'last_week' })).toEqual([]);
    expect(await types(contact.id, { type: ['EntityCreated'] })).toEqual(['EntityCreated']);
    expect(await types(contact.id, { from: 1, size: 1 })).toEqual(['EntityCreated']);
    await expect(feed(contact.id, { after: created, before: updated })).rejects.toMatchObject({
      status: 400,
    });
  });

  it('includes neighbours on request, and both sides of a relation share one activity', async () => {
    const contact = await fixture.create('contact', { first_name: 'Mia' });
    const contract = await fixture.create('contract', {
      customer: { $relation: [{ entity_id: contact.id }] },
    });
    await fixture.patch(contract, { description: 'x' });
    const own = await feed(contact.id);
    expect(own.results[0]).toMatchObject({
      type: 'EntityCreated',
      operations: [
        { entity: contract.id, operation: 'createEntity' },
        { entity: contact.id, operation: 'relationsAdded' },
      ],
    });
    expect(own.total).toBe(2);
    expect((await feed(contact.id, { include_relations: true })).total).toBe(3);
  });

  it('takes operations into an existing activity, which is hidden until it is filled', async () => {
    const contact = await fixture.create('contact', { first_name: 'Mia' });
    const activity = await fixture.tenant.transaction((tx) =>
      createActivity(
        tx,
        { type: 'Imported', title: 'Imported', message: '', payload: { rows: 1 }, pending: true },
        [contact.id],
        API_WRITE.source,
        fixture.clock.now(),
      ),
    );
    expect(await types(contact.id)).toEqual(['EntityCreated']);
    await fixture.patch(contact, { first_name: 'Ida' }, { activityId: activity.id, fillActivity: true });
    await fixture.patch(contact, { first_name: 'Eva' }, { activityId: activity.id });
    const { results } = await feed(contact.id, { type: ['Imported'] });
    expect(results).toMatchObject([{ operations_total: 2, payload: { rows: 1 }, operations: [{}, {}] }]);
    expect((await feed(contact.id)).total).toBe(2);
    const unknown = { activityId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };
    await expect(fixture.patch(contact, { first_name: 'Z' }, unknown)).rejects.toMatchObject({ status: 404 });
  });

  it('loses everything about a purged entity, and nothing about others', async () => {
    const contact = await fixture.create('contact', { first_name: 'Mia' });
    const contract = await fixture.create('contract', {
      customer: { $relation: [{ entity_id: contact.id }] },
    });
    await fixture.tenant.transaction((tx) => fixture.graph.purge(tx, { id: contract.id }, API_WRITE));
    expect((await feed(contract.id)).total).toBe(0);
    expect(await types(contact.id)).toEqual(['EntityDeleted', 'EntityCreated', 'EntityCreated']);
  });
});
