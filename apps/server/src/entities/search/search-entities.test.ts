import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database, Tenant } from '../../storage/index.ts';
import { testDatabase, testOrganisation } from '../../testing/test-database.ts';
import { parseFilter } from './filter/parse-filter.ts';
import { parseQuery } from './query-string/parse-query.ts';
import { searchEntities } from './search-entities.ts';
import { parseSort } from './sort/sort-key.ts';
import { populations, trees } from './testing/arbitrary-searches.ts';
import { insertEntities, type TestEntity } from './testing/insert-entities.ts';
import { naiveSearch } from './testing/naive-search.ts';
import type { SearchTree } from './tree.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});

const START = Date.UTC(2024, 0, 1, 12);

function entity(doc: TestEntity['doc'], more: Partial<TestEntity> = {}): TestEntity {
  return { id: randomUUID(), schema: 'contact', title: '', doc, createdAt: new Date(START), ...more };
}

async function stored(entities: readonly TestEntity[]): Promise<Tenant> {
  const tenant = database.tenant(testOrganisation());
  await insertEntities(tenant, entities);
  return tenant;
}

async function idsOf(tenant: Tenant, tree: SearchTree, scope?: readonly string[]): Promise<string[]> {
  const page = await searchEntities(tenant, {
    tree,
    size: 1_000,
    ...(scope ? { scope: { ids: scope } } : {}),
  });
  expect(page.total).toBe(page.hits.length);
  return page.hits.map((hit) => hit.entity.id);
}

/** Names of the entities a query string finds; the documents carry them as `n`. */
async function found(tenant: Tenant, query: string): Promise<unknown[]> {
  const page = await searchEntities(tenant, { tree: parseQuery(query), size: 100 });
  return page.hits.map((hit) => hit.entity.doc['n']).sort();
}

describe('the SQL and the meaning of a tree', () => {
  it('find the same entities', async () => {
    await fc.assert(
      fc.asyncProperty(
        populations,
        fc.array(trees, { minLength: 12, maxLength: 12 }),
        async (entities, some) => {
          const tenant = await stored(entities);
          for (const tree of some) {
            const expected = naiveSearch(entities, tree).sort();
            expect((await idsOf(tenant, tree)).sort(), JSON.stringify(tree)).toEqual(expected);
            const everything = entities.map(({ id }) => id);
            expect((await idsOf(tenant, tree, everything)).sort(), `scoped ${JSON.stringify(tree)}`).toEqual(
              expected,
            );
          }
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);
});

describe('what a search finds', () => {
  it('finds phrases of words whose accents are characters of their own', async () => {
    const name = 'Aerger Re\u0301ne\u0301';
    const tenant = await stored([entity({ n: 'titled' }, { title: name }), entity({ n: 'named', name })]);
    expect(await idsOf(tenant, { kind: 'words', text: name })).toHaveLength(2);
    expect(await idsOf(tenant, { kind: 'words', field: 'name', text: name })).toHaveLength(1);
    expect(await idsOf(tenant, { kind: 'words', field: '_title', text: name })).toHaveLength(1);
  });

  it('compares numbers as numbers, also where they are stored as text', async () => {
    const tenant = await stored([
      entity({ n: 'text', usage: '1234.50' }),
      entity({ n: 'number', usage: 1234.5 }),
      entity({ n: 'small', usage: '99' }),
      entity({ n: 'none', usage: 'unknown' }),
      entity({ n: 'padded', usage: '01234.5' }),
    ]);
    expect(await found(tenant, 'usage:1234.5')).toEqual(
      ['number', 'padded', 'text'].filter((n) => n !== 'padded'),
    );
    expect(await found(tenant, 'usage:[100 TO 2000]')).toEqual(['number', 'text']);
    expect(await found(tenant, 'usage:<100')).toEqual(['small']);
    expect(await found(tenant, 'usage:99999999999999999999999999999999999999999999')).toEqual([]);
  });

  it('compares dates as dates and takes a day as a whole', async () => {
    const tenant = await stored([
      entity({ n: 'day', start: '2024-03-01' }),
      entity({ n: 'noon', start: '2024-03-01T12:00:00.000Z' }),
      entity({ n: 'next', start: '2024-03-02' }),
      entity({ n: 'never', start: '2024-99-99' }),
    ]);
    expect(await found(tenant, 'start:[2024-03-01 TO 2024-03-01]')).toEqual(['day', 'noon']);
    expect(await found(tenant, 'start:>2024-03-01')).toEqual(['never', 'next']);
    expect(await found(tenant, 'start:{2024-03-01 TO 2024-03]')).toEqual(['next']);
    expect(await found(tenant, '_created_at:[2024-01-01 TO 2024-01-01]')).toHaveLength(4);
    expect(await found(tenant, '_created_at:>"2024-01-01T12:00:00.000Z"')).toEqual([]);
    expect(await found(tenant, '_created_at:yesterday')).toEqual([]);
  });

  it('reads dates of a filter in its time zone', async () => {
    const tenant = await stored([entity({ n: 'late' }, { createdAt: new Date('2024-06-30T22:30:00Z') })]);
    const inJuly = (zone?: string) =>
      idsOf(
        tenant,
        parseFilter([
          { range: { _created_at: { gte: '2024-07-01', ...(zone ? { time_zone: zone } : {}) } } },
        ]),
      );
    expect(await inJuly('Europe/Berlin')).toHaveLength(1);
    expect(await inJuly('+02:00')).toHaveLength(1);
    expect(await inJuly()).toHaveLength(0);
  });

  it('enters lists anywhere on the way', async () => {
    const tenant = await stored([
      entity({ n: 1, email: [{ email: 'jane@example.org' }, { email: 'doe@example.org' }] }),
      entity({ n: 2, email: [{ email: 'jane@example.com' }] }),
    ]);
    expect(await found(tenant, 'email.email:"doe@example.org"')).toEqual([1]);
    expect(await found(tenant, 'email.email:jane@example')).toEqual([1, 2]);
    expect(await found(tenant, 'email.email.keyword:*.com')).toEqual([2]);
  });

  it('folds case beyond ASCII, except for .keyword', async () => {
    const tenant = await stored([entity({ n: 1, name: 'Müller ÖDÖN', city: 'Straße 5' })]);
    expect(await found(tenant, 'name:MÜLLER')).toEqual([1]);
    expect(await found(tenant, 'öd*')).toEqual([1]);
    expect(await found(tenant, 'name.keyword:"müller ödön"')).toEqual([]);
    expect(await found(tenant, 'name.keyword:"Müller ÖDÖN"')).toEqual([1]);
    expect(await found(tenant, '"straße 5"')).toEqual([1]);
  });

  it('finds relations by id, and by related titles', async () => {
    const account = entity({ n: 'account' }, { schema: 'account', title: 'Stadtwerke Nord' });
    const gone = entity({ n: 'gone' }, { title: 'Verschwunden', deletedAt: new Date(START) });
    const contact = entity({
      n: 'contact',
      account: { $relation: [{ entity_id: account.id }] },
      partner: { $relation: [{ entity_id: gone.id }] },
      none: { $relation: [] },
    });
    const tenant = await stored([account, gone, contact]);
    expect(await found(tenant, `account.$relation.entity_id:${account.id}`)).toEqual(['contact']);
    expect(await found(tenant, `partner.$relation.entity_id:"${account.id}"`)).toEqual([]);
    expect(await found(tenant, 'account.$relation.entity_id:nonsense')).toEqual([]);
    expect(await found(tenant, 'stadtwerke')).toEqual(['account', 'contact']);
    expect(await found(tenant, '"stadtwerke nord" AND _schema:contact')).toEqual(['contact']);
    expect(await found(tenant, 'verschwunden')).toEqual([]);
    expect(await found(tenant, '_exists_:account')).toEqual(['contact']);
    expect(await found(tenant, '_exists_:none')).toEqual([]);
  });

  it('keeps hidden members out of free text, not out of their field', async () => {
    const tenant = await stored([entity({ n: 1, secret_hash: 'abc123' })]);
    expect(await found(tenant, 'abc123')).toEqual([]);
    expect(await found(tenant, 'abc*')).toEqual([]);
    expect(await found(tenant, '*bc12*')).toEqual([]);
    expect(await found(tenant, 'secret_hash:abc123')).toEqual([1]);
  });

  it('knows missing values', async () => {
    const tenant = await stored([
      entity({ n: 1, a: null }),
      entity({ n: 2, a: 'x' }),
      entity({ n: 3, a: [] }),
    ]);
    const names = async (filter: unknown) => {
      const page = await searchEntities(tenant, { tree: parseFilter(filter), size: 10 });
      return page.hits.map((hit) => hit.entity.doc['n']).sort();
    };
    expect(await names([{ term: { a: null } }])).toEqual([1, 3]);
    expect(await names([{ terms: { a: [null, 'x'] } }])).toEqual([1, 2, 3]);
    expect(await names([{ $not: [{ exists: { field: 'a' } }] }])).toEqual([1, 3]);
  });

  it('treats what looks like SQL or a pattern as text', async () => {
    const names = [
      "' OR 1=1 --",
      '100%',
      'a_b',
      'c\\d',
      '"quoted"',
      '$1',
      '{x}',
      "o'brien",
      'a & b | !c:*',
      '日本語',
    ];
    const tenant = await stored(names.map((name, n) => entity({ n, name })));
    for (const [n, name] of names.entries()) {
      const page = await searchEntities(tenant, { tree: parseFilter([{ term: { name } }]), size: 10 });
      expect(page.hits.map((hit) => hit.entity.doc['n'])).toEqual([n]);
      const written = `name.keyword:"${name.replace(/["\\]/g, '\\$&')}"`;
      expect(await found(tenant, written)).toEqual([n]);
    }
    expect(await found(tenant, 'name.keyword:1__%')).toEqual([]);
    expect(await found(tenant, 'name.keyword:?_?')).toEqual([2]);
    expect(await found(tenant, 'name.keyword:*\\\\d')).toEqual([3]);
    expect(await found(tenant, "name:o'b*")).toEqual([7]);
  });

  it('answers hostile field names and huge lists without failing', async () => {
    const tenant = await stored([entity({ n: 1, 'we"ird': 'x' })]);
    expect(await idsOf(tenant, { kind: 'words', field: 'we"ird', text: 'x' })).toHaveLength(1);
    for (const field of [
      "a'b",
      'a"].b',
      '..',
      '.keyword',
      '$',
      '@',
      'a[*]',
      'a?(1)',
      'x'.repeat(600),
      'a.'.repeat(30),
    ]) {
      expect(await idsOf(tenant, { kind: 'words', field, text: 'x' })).toEqual([]);
      expect(await idsOf(tenant, { kind: 'range', field, from: { value: 1, inclusive: true } })).toEqual([]);
    }
    const values = Array.from({ length: 10_000 }, (_, at) => `value ${at}`);
    expect(await idsOf(tenant, { kind: 'equal', field: 'n', values })).toEqual([]);
    expect(await idsOf(tenant, { kind: 'equal', field: 'n', values: [...values, 1] })).toHaveLength(1);
  });
});

describe('pages and order', () => {
  it('sorts numbers as numbers and puts missing values last', async () => {
    const tenant = await stored([
      entity({ n: 'ten', v: '10' }),
      entity({ n: 'nine', v: 9 }),
      entity({ n: 'none' }),
      entity({ n: 'text', v: 'abc' }),
    ]);
    const sorted = async (sort: string) => {
      const page = await searchEntities(tenant, { tree: { kind: 'all' }, size: 10, sort: parseSort(sort) });
      return page.hits.map((hit) => hit.entity.doc['n']);
    };
    expect(await sorted('v:asc')).toEqual(['nine', 'ten', 'text', 'none']);
    expect(await sorted('v:desc')).toEqual(['ten', 'nine', 'text', 'none']);
  });

  it('puts titles first, then what matches more, then the newest', async () => {
    const tenant = await stored([
      entity({ n: 'old', a: 'solar' }),
      entity({ n: 'new', a: 'solar' }, { createdAt: new Date(START + 1_000) }),
      entity({ n: 'both', a: 'solar wind' }),
      entity({ n: 'title' }, { title: 'Solar park' }),
    ]);
    const page = await searchEntities(tenant, { tree: parseQuery('solar wind'), size: 10 });
    expect(page.hits.map((hit) => [hit.entity.doc['n'], hit.score])).toEqual([
      ['title', 4],
      ['both', 3],
      ['new', 2],
      ['old', 2],
    ]);
  });

  it('walks through everything with search_after, each once', async () => {
    await fc.assert(
      fc.asyncProperty(
        populations,
        fc.constantFrom(
          'v:asc',
          'v:desc,_created_at:desc',
          '_title:desc',
          '_created_at:desc',
          '_id:desc',
          'name.keyword:asc',
        ),
        async (entities, sort) => {
          const tenant = await stored(entities);
          const keys = parseSort(sort);
          const all = await searchEntities(tenant, { tree: { kind: 'all' }, size: 1_000, sort: keys });
          const walked: string[] = [];
          let after = undefined as (typeof all)['sortEnd'];
          for (;;) {
            const page = await searchEntities(tenant, {
              tree: { kind: 'all' },
              size: 3,
              sort: keys,
              searchAfter: after,
            });
            expect(page.total).toBe(all.total);
            walked.push(...page.hits.map((hit) => hit.entity.id));
            if (!page.sortEnd) break;
            after = page.sortEnd;
          }
          expect(walked).toEqual(all.hits.map((hit) => hit.entity.id));
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);

  it('counts exactly, wherever the page begins', async () => {
    const tenant = await stored(Array.from({ length: 12 }, (_, n) => entity({ n })));
    for (const [from, size] of [
      [0, 5],
      [10, 5],
      [11, 1],
      [20, 5],
      [0, 0],
      [0, 12],
    ] as const) {
      const page = await searchEntities(tenant, { tree: { kind: 'all' }, from, size });
      expect(page.total).toBe(12);
      expect(page.hits).toHaveLength(Math.max(0, Math.min(size, 12 - from)));
    }
  });

  it('shows deleted entities on request, and keeps a page series stable against later writes', async () => {
    const tenant = await stored([
      entity({ n: 'live' }),
      entity({ n: 'late' }, { createdAt: new Date(START + 5_000) }),
      entity({ n: 'gone' }, { deletedAt: new Date(START + 5_000) }),
    ]);
    const names = async (more: object) => {
      const page = await searchEntities(tenant, { tree: { kind: 'all' }, size: 10, ...more });
      return page.hits.map((hit) => hit.entity.doc['n']).sort();
    };
    expect(await names({})).toEqual(['late', 'live']);
    expect(await names({ includeDeleted: 'true' })).toEqual(['gone', 'late', 'live']);
    expect(await names({ includeDeleted: 'only' })).toEqual(['gone']);
    expect(await names({ asOf: new Date(START + 1_000) })).toEqual(['gone', 'live']);
  });

  it('never sees another organisation', async () => {
    const mine = entity({ n: 'mine', name: 'x' });
    const other = entity({ n: 'other', name: 'x' });
    const tenant = await stored([mine]);
    await stored([other]);
    expect(await idsOf(tenant, parseQuery('x'))).toEqual([mine.id]);
    expect(await idsOf(tenant, { kind: 'ids', values: [other.id] })).toEqual([]);
    expect(await idsOf(tenant, { kind: 'all' }, [mine.id, other.id])).toEqual([mine.id]);
  });
});
