import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import type { TestJson } from '../../testing/test-server.ts';
import { type ErpFixture, erpFixture, event, useCase } from '../testing/erp-fixture.ts';

const NAME = [
  { attribute: 'external_id', field: 'nr' },
  { attribute: 'last_name', jsonataExpression: '$uppercase(name)' },
];
const USE_CASES = [
  useCase('customer', 'contact', NAME),
  { ...useCase('off', 'contact', NAME), enabled: false },
  { ...useCase('first', 'contact', NAME), name: 'Doppelt' },
  { ...useCase('second', 'contact', NAME), name: 'Doppelt' },
];

let erp: ErpFixture;
beforeAll(async () => {
  erp = await erpFixture(USE_CASES);
});

const post = (body: object) => erp.request('POST', '/v3/erp/updates/events', body);
const statuses = (results: readonly TestJson[]) => results.map(({ status }) => String(status));

describe('acceptance', () => {
  it('is durable before anything is mapped; the entity is written by the job that follows', async () => {
    const results = await erp.send([event('customer', { nr: '1', name: 'Wolf' })]);
    expect(results).toMatchObject([{ status: 'success', event_id: expect.stringMatching(/^evt_/) }]);
    expect(await erp.find('contact', 'external_id', '1')).toEqual([]);
    await erp.settle();
    expect((await erp.find('contact', 'external_id', '1')).map(({ doc }) => doc['last_name'])).toEqual([
      'WOLF',
    ]);
    expect(await erp.monitoring({ event_id: results[0]?.['event_id'] })).toMatchObject([
      { status: 'success', sync_type: 'entity', object_type: 'customer', error_code: null },
    ]);
  });

  it('answers each event in its place', async () => {
    const results = await erp.send([
      event('customer', { nr: '2', name: 'a' }, { deduplication_id: 'same' }),
      event('customer', '{"nr": '),
      event('nobody', { nr: '2' }),
      event('off', { nr: '2' }),
      event('customer', { nr: '2', name: 'b' }, { deduplication_id: 'same' }),
      event('customer', { nr: 'x'.repeat(1_048_576) }),
    ]);
    expect(statuses(results)).toEqual(['success', 'error', 'ignored', 'ignored', 'skipped', 'error']);
    expect(results[4]?.['event_id']).toEqual(results[0]?.['event_id']);
    const rows = await erp.monitoring({ correlation_id: (await stored(results[0]))?.correlation_id });
    expect(rows.map((row) => String(row['error_code'])).sort()).toEqual([
      'DUPLICATE_EVENT',
      'EVENT_NOT_CONFIGURED',
      'MALFORMED_PAYLOAD',
      'PAYLOAD_TOO_LARGE',
      'USE_CASE_DISABLED',
    ]);
    await erp.settle();
    expect((await erp.find('contact', 'external_id', '2')).map(({ doc }) => doc['last_name'])).toEqual(['A']);
  });

  it('routes by slug alone, else by name, and notes when a name is ambiguous', async () => {
    const named = { timestamp: '2026-01-01T00:00:00Z', format: 'json', payload: { nr: '3', name: 'x' } };
    const results = await erp.sync([
      { ...named, event_name: 'Doppelt' },
      { ...named, event_name: 'doppelt' },
      { ...named, event_name: 'second' },
      { ...named, event_name: 'Doppelt', use_case_slug: 'nobody' },
    ]);
    expect(statuses(results)).toEqual(['success', 'ignored', 'success', 'ignored']);
    expect(await erp.monitoring({ event_id: results[0]?.['event_id'] })).toMatchObject([
      { status: 'warning', error_category: 'configuration' },
    ]);
  });

  it('stores nothing of a request that is not valid, and knows no foreign integration', async () => {
    const count = () =>
      erp.tenant.first(sql`select count(*) from inbound_event where org_id = ${erp.tenant.org}`);
    const before = await count();
    const good = event('customer', { nr: '4', name: 'x' });
    const invalid = [
      { integration_id: erp.integrationId, events: [good, { ...good, format: 'csv' }] },
      { integration_id: erp.integrationId, events: [good, { ...good, use_case_slug: undefined }] },
      { integration_id: erp.integrationId, events: [{ ...good, deduplication_id: 'not ok' }] },
      { integration_id: erp.integrationId, events: Array.from({ length: 101 }, () => good) },
      { integration_id: 'x', events: [good] },
    ];
    for (const body of invalid) expect((await post(body)).status).toBe(400);
    const unknown = '5f0c4c1e-7f9f-4a51-9c9e-0d2a4d8f7b10';
    expect((await post({ integration_id: unknown, events: [good] })).body).toMatchObject({
      status: 404,
      code: 'INTEGRATION_NOT_FOUND',
    });
    expect(await count()).toEqual(before);
    expect((await post({ integration_id: erp.integrationId.toUpperCase(), events: [] })).body).toEqual({
      results: [],
    });
  });

  it('accepts one of fifty concurrent events with one deduplication id', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        erp.send([event('customer', { nr: '5', name: `n${n}` }, { deduplication_id: 'race' })]),
      ),
    );
    const results = answers.flat();
    expect(statuses(results).filter((status) => status === 'success')).toHaveLength(1);
    expect(statuses(results).filter((status) => status === 'skipped')).toHaveLength(49);
    expect(new Set(results.map(({ event_id: id }) => String(id))).size).toBe(1);
    await erp.settle();
    expect(await erp.find('contact', 'external_id', '5')).toHaveLength(1);
  });

  it('takes a deduplication id again after 24 hours, counted from the acceptance', async () => {
    const start = erp.server.clock.now();
    const send = async () =>
      statuses(await erp.send([event('customer', { nr: '6' }, { deduplication_id: 'window' })]));
    expect(await send()).toEqual(['success']);
    erp.server.clock.advance(24 * 3_600_000 - 1);
    expect(await send()).toEqual(['skipped']);
    erp.server.clock.advance(1);
    expect(await send()).toEqual(['success']);
    erp.server.clock.set(start);
  });

  it('takes events of version 2 by object type, and notes that the version is deprecated', async () => {
    const body = (one: object) => ({
      integration_id: erp.integrationId,
      correlation_id: 'v2',
      events: [one],
    });
    const old = {
      event_type: 'DELETE',
      object_type: 'customer',
      timestamp: '2026-01-01T00:00:00Z',
      format: 'json',
    };
    const send = (one: object) =>
      erp.request('POST', '/v2/erp/updates/events', body({ ...one, payload: { nr: 'v2' } }));
    expect((await send({ ...old, object_type: undefined })).status).toBe(400);
    expect((await send(old)).body).toMatchObject({ results: [{ status: 'success' }] });
    await erp.settle();
    // The mode of the mapping decides, not the type of the event.
    expect(await erp.find('contact', 'external_id', 'v2')).toHaveLength(1);
    const rows = await erp.monitoring({ correlation_id: 'v2' });
    expect(rows.map((row) => `${row['sync_type']} ${row['status']} ${row['event_type']}`).sort()).toEqual([
      'api_deprecation warning UPDATE',
      'entity success DELETE',
    ]);
  });

  it('keeps the correlation id of event, request or meta, in this order', async () => {
    const good = event('customer', { nr: '7', name: 'x' });
    const ids = [];
    for (const [own, more] of [
      [{ correlation_id: 'own' }, { correlation_id: 'request', meta: { correlation_id: 'meta' } }],
      [{}, { correlation_id: 'request', meta: { correlation_id: 'meta' } }],
      [{}, { meta: { correlation_id: 'meta' } }],
    ] as const) {
      const [result] = await erp.send([{ ...good, ...own }], more);
      ids.push((await stored(result))?.correlation_id);
    }
    expect(ids).toEqual(['own', 'request', 'meta']);
  });
});

async function stored(result: TestJson | undefined): Promise<{ correlation_id: string } | undefined> {
  const id = String(result?.['event_id']);
  return erp.tenant.first(
    sql`select correlation_id from inbound_event where org_id = ${erp.tenant.org} and id = ${id}`,
  );
}

describe('received events', () => {
  const query = async (body: object) =>
    (await erp.request('POST', `/v1/integrations/${erp.integrationId}/events`, body)).body;
  const replay = (event_ids: readonly unknown[]) =>
    erp.request('POST', `/v1/integrations/${erp.integrationId}/events/replay`, { event_ids });

  it('are listed newest first, in pages that neither repeat nor miss one', async () => {
    const events = Array.from({ length: 7 }, (_, n) => event('customer', { nr: `page-${n}` }));
    const sent = await erp.send(events, { correlation_id: 'pages' });
    const seen: string[] = [];
    for (let cursor: unknown = undefined; ; ) {
      const page = await query({ correlation_id: 'pages', limit: 3, ...(cursor ? { cursor } : {}) });
      const data = Array.isArray(page['data']) ? page['data'] : [];
      seen.push(...data.map((row: TestJson) => String(row['event_id'])));
      // Rows that arrive meanwhile do not disturb the pages.
      await erp.send([event('customer', { nr: 'late' })], { correlation_id: 'pages' });
      if (String(page['has_more']) === 'false') break;
      cursor = page['next_cursor'];
    }
    expect(seen).toEqual(sent.map(({ event_id: id }) => String(id)).reverse());
  });

  it('show what was received', async () => {
    const [result] = await erp.send([
      { event_name: 'customer', timestamp: '2026-01-01T00:00:00+01:00', format: 'xml', payload: '<a/>' },
    ]);
    const { data } = { data: (await query({ event_id: result?.['event_id'] }))['data'] };
    expect(data).toMatchObject([
      {
        event_type: 'UPDATE',
        object_type: 'customer',
        timestamp: '2026-01-01T00:00:00+01:00',
        format: 'xml',
        payload: '<a/>',
      },
    ]);
    expect((await query({ event_id: 'evt_nonsense' }))['data']).toEqual([]);
    expect((await query({ cursor: { event_id: 'x' } }))['status']).toBe(400);
  });

  it("are replayed as new events with one new correlation id, past deduplication and by today's configuration", async () => {
    const sent = await erp.sync([
      event('customer', { nr: 'r1', name: 'old' }, { deduplication_id: 'r1' }),
      event('later', { nr: 'r2', name: 'b' }),
    ]);
    expect(statuses(sent)).toEqual(['success', 'ignored']);
    await erp.request(
      'POST',
      `/v1/integrations/${erp.integrationId}/use-cases`,
      useCase('later', 'contact', NAME),
    );
    const ids = sent.map(({ event_id: id }) => id);
    const answer = await replay([ids[0], ids[1], ids[0], 'evt_nonsense']);
    expect(answer.body).toMatchObject({
      replayed: 2,
      results: [{ status: 'queued' }, { status: 'queued' }, { status: 'not_found' }],
      event_ids: [ids[0], ids[1], ids[0], 'evt_nonsense'],
    });
    await erp.settle();
    expect(await erp.find('contact', 'external_id', 'r2')).toHaveLength(1);
    const replayed = (await query({ event_id: answer.body['results']?.[1]?.['replay_event_id'] }))['data'];
    expect(replayed).toMatchObject([{ replay_of: ids[1], timestamp: '2026-01-01T00:00:00.000Z' }]);
    const capitals = `/v1/integrations/${erp.integrationId.toUpperCase()}/events/replay`;
    expect((await erp.request('POST', capitals, { event_ids: [ids[1]] })).body).toMatchObject({
      replayed: 1,
    });
    await erp.settle();
    const other = await erp.request('POST', '/v1/integrations', { name: 'other' });
    const foreign = await erp.request('POST', `/v1/integrations/${other.body['id']}/events/replay`, {
      event_ids: ids,
    });
    expect(foreign.body).toMatchObject({
      replayed: 0,
      results: [{ status: 'not_found' }, { status: 'not_found' }],
    });
  });
});

describe('inbound monitoring', () => {
  it('filters by everything at once and refuses ranges the wrong way round', async () => {
    const [result] = await erp.sync([event('customer', { name: 'no id' }, { correlation_id: 'filters' })]);
    const filter = {
      correlation_id: 'filters',
      event_type: 'UPDATE',
      sync_type: 'entity',
      status: 'error',
      error_category: 'validation',
      object_type: 'customer',
      event_name: 'customer',
    };
    expect(await erp.monitoring(filter)).toMatchObject([
      {
        event_id: result?.['event_id'],
        error_code: 'MISSING_UNIQUE_IDENTIFIERS',
        processing_duration_ms: expect.any(Number),
      },
    ]);
    for (const [name, value] of Object.entries({
      status: 'success',
      sync_type: 'webhook',
      error_category: 'timeout',
      object_type: 'other',
    }))
      expect(await erp.monitoring({ ...filter, [name]: value })).toEqual([]);
    const path = `/v1/integrations/${erp.integrationId}/monitoring/inbound-events`;
    const reversed = { from_date: '2026-02-01T00:00:00Z', to_date: '2026-01-01T00:00:00Z' };
    expect((await erp.request('POST', path, reversed)).status).toBe(400);
  });
});
