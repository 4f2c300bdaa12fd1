import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BodyOf } from '../../../contract/operation-types.ts';
import type { Call } from '../../../http/call.ts';
import { toWire } from '../../model/entity.ts';
import { type GraphFixture, graphFixture } from '../../testing/graph-fixture.ts';
import { ALL, type SearchTree } from '../tree.ts';
import { searchOperations } from './search-operations.ts';

interface Answer {
  readonly hits: number;
  readonly results: readonly Readonly<Record<string, unknown>>[];
  readonly aggregations?: Readonly<Record<string, unknown>>;
  readonly stable_query_id?: string;
  readonly sort_end?: (string | number | null)[];
}

let fixture: GraphFixture;
beforeAll(async () => {
  fixture = await graphFixture();
  const account = await fixture.create('account', { name: 'Nordlicht GmbH', internal_note: 'x' });
  for (const [name, number] of [
    ['Anna', '100'],
    ['Berta', '20'],
    ['Carla', '3'],
  ]) {
    await fixture.create('contact', {
      first_name: name,
      last_name: 'Muster',
      customer_number: number,
      unheard_of: 'quokka',
      account: { $relation: [{ entity_id: account.id }] },
      _tags: name === 'Carla' ? ['vip', 'online'] : ['online'],
    });
  }
});

function call<Body>(body: Body): Call<Record<string, never>, Body> {
  return {
    principal: {
      kind: 'api_client',
      org: fixture.tenant.org,
      tokenId: 't',
      name: 'test',
      roles: [],
      readOnly: false,
    },
    tenant: fixture.tenant,
    parameters: {},
    body,
    url: '',
    headers: {},
    requestId: 'test',
    ip: '127.0.0.1',
    log: pino({ level: 'silent' }),
  };
}

async function search(
  body: BodyOf<'entity', 'searchEntities'>,
  restriction: SearchTree = ALL,
): Promise<Answer> {
  const { searchEntities } = searchOperations({
    clock: fixture.clock,
    viewOf: async () => ({ restriction, show: toWire }),
  });
  return asAnswer(await searchEntities?.(call(body)));
}

async function list(body: BodyOf<'entity', 'listEntities'>): Promise<Answer> {
  const { listEntities } = searchOperations({
    clock: fixture.clock,
    viewOf: async () => ({ restriction: ALL, show: toWire }),
  });
  return asAnswer(await listEntities?.(call(body)));
}

function asAnswer(value: unknown): Answer {
  if (!isAnswer(value)) throw new Error('The handler answered something else');
  return value;
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'hits' in value && 'results' in value;
}

const names = (answer: Answer) => answer.results.map((result) => result['first_name']);

describe('searchEntities', () => {
  it('finds by query string, newest first, with the total', async () => {
    const answer = await search({ q: '_schema:contact AND muster', size: 2 });
    expect(answer.hits).toBe(3);
    expect(names(answer)).toEqual(['Carla', 'Berta']);
    expect(answer).not.toHaveProperty('sort_end');
  });

  it('sees a write at once', async () => {
    const zora = await fixture.create('product', { name: 'Zora' });
    expect((await search({ q: 'zora' })).results).toMatchObject([{ _id: zora.id }]);
  });

  it('does not search what no schema defines, by word or by field', async () => {
    expect((await search({ q: 'quokka' })).hits).toBe(0);
    expect((await search({ q: 'unheard_of:quokka' })).hits).toBe(0);
  });

  it('counts only what the caller may see', async () => {
    const onlyAnna: SearchTree = { kind: 'words', field: 'first_name', text: 'anna' };
    expect((await search({ q: 'muster' }, onlyAnna)).hits).toBe(1);
  });

  it('hydrates relations and selects fields afterwards', async () => {
    const answer = await search({
      q: 'first_name:anna',
      hydrate: true,
      fields: ['first_name', 'account.*._title'],
    });
    expect(answer.results).toMatchObject([{ first_name: 'Anna' }]);
    const hydrated = await search({ q: 'first_name:anna', hydrate: true });
    expect(hydrated.results).toMatchObject([{ account: [{ name: 'Nordlicht GmbH' }] }]);
  });

  it('adds scores on request, whatever the fields', async () => {
    const answer = await search({
      q: 'first_name:* AND berta',
      include_scores: true,
      fields: ['first_name'],
    });
    expect(answer.results).toMatchObject([{ _score: 4 }]);
  });

  it('pages with search_after and sort_end', async () => {
    const first = await search({ q: '_schema:contact', sort: 'customer_number:asc', size: 2 });
    expect(names(first)).toEqual(['Carla', 'Berta']);
    const rest = await search({
      q: '_schema:contact',
      sort: 'customer_number:asc',
      ...(first.sort_end ? { search_after: first.sort_end } : {}),
    });
    expect(names(rest)).toEqual(['Anna']);
    expect(rest.hits).toBe(3);
  });

  it('keeps a stable series from new entities, until it is over', async () => {
    const first = await search({ q: '_schema:order', stable_for: 30 });
    await fixture.create('order', { order_number: 'O-1' });
    const id = first.stable_query_id ?? '';
    const again = await search({ q: '_schema:order', stable_for: 30, stable_query_id: id });
    expect(again.hits).toBe(0);
    expect((await search({ q: '_schema:order' })).hits).toBe(1);
    fixture.clock.advance(31_000);
    await expect(search({ q: '*', stable_query_id: id })).rejects.toMatchObject({
      status: 400,
      code: 'STABLE_QUERY_EXPIRED',
    });
    await expect(search({ q: '*', stable_query_id: 'e30' })).rejects.toMatchObject({ status: 400 });
  });

  it('clamps the size and bounds plain paging', async () => {
    expect((await search({ q: '_schema:contact', size: 5_000 })).results).toHaveLength(3);
    await expect(search({ q: '*', from: 24_500, size: 1_000 })).rejects.toMatchObject({ status: 400 });
    await expect(search({ q: '*', from: 1, sort: '_id', search_after: ['x'] })).rejects.toMatchObject({
      status: 400,
    });
  });

  it.each([
    [{ q: '(' }, 'INVALID_QUERY'],
    [{ q: 'a:/b/' }, 'INVALID_QUERY'],
    [{ q: '*', sort: 'a:up' }, 'INVALID_SORT'],
    [{ q: '*', search_after: [1] }, 'INVALID_SORT'],
    [{ q: '*', sort: '_created_at', search_after: ['never'] }, 'INVALID_SORT'],
    [{ q: '*', aggs: { a: { percentiles: { field: 'x' } } } }, 'INVALID_AGGREGATION'],
    [{ q: '*', aggs: { a: { terms: { field: 'x' }, aggs: {} } } }, 'INVALID_AGGREGATION'],
    [{ q: '*', aggs: { a: { terms: { field: 'x', script: '' } } } }, 'INVALID_AGGREGATION'],
  ])('answers %o with 400 %s', async (body, code) => {
    await expect(search(body)).rejects.toMatchObject({ status: 400, code });
  });

  it('aggregates over everything found, in the shapes of Elasticsearch', async () => {
    const answer = await search({
      q: '_schema:contact',
      size: 0,
      aggs: {
        tags: { terms: { field: '_tags.keyword', size: 1 } },
        most: { max: { field: 'customer_number' } },
        least: { min: { field: 'customer_number' } },
        sum: { sum: { field: 'customer_number' } },
        mean: { avg: { field: 'customer_number' } },
        values: { value_count: { field: '_tags' } },
        kinds: { cardinality: { field: '_tags' } },
        nothing: { avg: { field: 'first_name' } },
        first: { min: { field: '_created_at' } },
        days: { date_histogram: { field: '_created_at', calendar_interval: 'day' } },
      },
    });
    expect(answer.results).toEqual([]);
    expect(answer.aggregations).toMatchObject({
      tags: {
        doc_count_error_upper_bound: 0,
        sum_other_doc_count: 1,
        buckets: [{ key: 'online', doc_count: 3 }],
      },
      most: { value: 100 },
      least: { value: 3 },
      sum: { value: 123 },
      mean: { value: 41 },
      values: { value: 4 },
      kinds: { value: 2 },
      nothing: { value: null },
      first: { value: Date.parse('2026-03-01T10:00:02.000Z') },
      days: {
        buckets: [{ key: Date.UTC(2026, 2, 1), key_as_string: '2026-03-01T00:00:00.000Z', doc_count: 3 }],
      },
    });
  });
});

describe('listEntities', () => {
  it('filters exactly and combines clauses with AND', async () => {
    const answer = await list({
      filter: [
        { term: { _schema: 'contact' } },
        { terms: { 'customer_number.keyword': ['20', '3'] } },
        { $not: [{ term: { _tags: 'vip' } }] },
      ],
    });
    expect(names(answer)).toEqual(['Berta']);
  });

  it('takes a query string beside the filter', async () => {
    const found = async (default_operator: 'AND' | 'OR') =>
      names(
        await list({
          filter: [{ term: { _schema: 'contact' } }],
          query: { query_string: { query: 'anna berta', fields: ['first_name^2'], default_operator } },
          sort: 'first_name:asc',
        }),
      );
    expect(await found('OR')).toEqual(['Anna', 'Berta']);
    expect(await found('AND')).toEqual([]);
  });

  it('wants to know the schema', async () => {
    const filter = [{ term: { first_name: 'Anna' } }];
    await expect(list({ filter })).rejects.toMatchObject({ status: 400, code: 'SCHEMA_REQUIRED' });
    await expect(list({ filter: [{ $not: [{ term: { _schema: 'x' } }] }] })).rejects.toMatchObject({
      status: 400,
    });
    expect((await list({ filter, allow_targeting_all_schemas: true })).hits).toBe(1);
    expect(
      (
        await list({
          filter: [{ $or: [{ term: { _schema: 'contact' } }, { terms: { _schema: ['account'] } }] }],
        })
      ).hits,
    ).toBe(4);
  });

  it('answers a broken filter with 400 and its path', async () => {
    await expect(list({ filter: [{ term: { a: '\0' } }] })).rejects.toMatchObject({
      status: 400,
      code: 'INVALID_FILTER',
      details: { errors: [{ path: 'body.filter[0].term.a' }] },
    });
  });
});
