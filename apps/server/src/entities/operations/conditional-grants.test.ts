import { beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, testServer } from '../../testing/test-server.ts';

let server: TestServer;
let org: string;
let admin: string;
const ids: Record<string, string> = {};

const staff = (method: string, path: string, body?: unknown, token = admin) =>
  server.request(method, path, { token, body });

/** A token whose role grants exactly this. */
async function tokenWith(slug: string, grants: readonly object[]): Promise<string> {
  const role = await staff('POST', '/v1/permissions/roles', { slug, name: slug, type: 'user_role', grants });
  expect(role.status).toBe(200);
  const made = await staff('POST', '/v1/access-tokens', { name: slug, assignments: [`${org}:${slug}`] });
  return String(made.body['token']);
}

async function found(token: string, q = '*') {
  const { status, body } = await staff('POST', '/v1/entity:search', { q, aggs: byName }, token);
  const names = Object.values(body['results'] ?? {}).map((one) => String(one['last_name']));
  const buckets = Object.values(body['aggregations']?.['names']?.['buckets'] ?? {}).map(({ key }) =>
    String(key),
  );
  return { status, hits: body['hits'], names: names.sort(), buckets: buckets.sort() };
}

const byName = { names: { terms: { field: 'last_name.keyword' } } };
const viewOf = (resource: string, conditions: readonly object[] = []) => ({
  ...{ action: 'entity:view', resource, conditions },
});
const tagged = (operation: string, ...values: string[]) => ({ operation, attribute: '_tags', values });

beforeAll(async () => {
  server = await testServer();
  ({ org, token: admin } = await server.organisation());
  const people = [
    { last_name: 'Adler', _tags: ['vip', 'online'], email: [{ email: 'a@example.org' }] },
    { last_name: 'Busch', _tags: ['online'] },
    { last_name: 'Claas' },
  ];
  for (const person of people) {
    const made = await staff('POST', '/v1/entity/contact', person);
    ids[person.last_name] = String(made.body['_id']);
  }
  await staff('POST', '/v1/entity/ticket', { ticket_title: 'Umzug', last_name: 'Ticket' });
});

describe('a role whose grants are about some entities only', () => {
  it('finds these, and nothing of the others is counted', async () => {
    const expected = (...names: string[]) => ({ status: 200, hits: names.length, names, buckets: names });
    const cases: readonly (readonly [readonly object[], ...string[]])[] = [
      [[viewOf('contact:*', [tagged('equals', 'vip', 'gold')])], 'Adler'],
      [[viewOf('contact:*', [tagged('not_equals', 'vip')])], 'Busch', 'Claas'],
      [[viewOf('contact:*', [tagged('equals', 'online'), tagged('not_equals', 'vip')])], 'Busch'],
      [[viewOf(`contact:${ids['Claas']}`), viewOf('contact:*', [tagged('equals', 'vip')])], 'Adler', 'Claas'],
      [
        [viewOf('contact:*', [{ operation: 'equals', attribute: 'email.email', values: ['a@example.org'] }])],
        'Adler',
      ],
    ];
    for (const [at, [grants, ...names]] of cases.entries()) {
      const token = await tokenWith(`part-${at}`, grants);
      expect(await found(token), JSON.stringify(grants)).toEqual(expected(...names));
    }
  });

  it('finds an empty list where none of them is there, and is refused where no grant is about entities', async () => {
    const nothing = { status: 200, hits: 0, names: [], buckets: [] };
    const gone = await tokenWith('gone', [viewOf('contact:*', [tagged('equals', 'gone')])]);
    expect(await found(gone)).toEqual(nothing);
    const own = await tokenWith('own', [
      viewOf('contact:*', [{ operation: 'equals_current_user', attribute: 'assignee' }]),
    ]);
    expect(await found(own)).toEqual(nothing);
    const filter = [{ term: { _schema: 'contact' } }];
    expect(await staff('POST', '/v1/entity:list', { filter }, gone)).toMatchObject({
      ...{ status: 200, body: { hits: 0, results: [] } },
    });
    const hooks = await tokenWith('hooks', [{ action: 'webhook:view' }]);
    expect((await found(hooks)).status).toBe(403);
    const denied = await tokenWith('denied', [
      viewOf('contact:*', [tagged('equals', 'vip')]),
      { ...viewOf('contact:*'), effect: 'deny' },
    ]);
    expect((await found(denied)).status).toBe(403);
  });

  it('is still kept from what a condition of a deny hides', async () => {
    const token = await tokenWith('but', [
      viewOf('contact:*'),
      { ...viewOf('contact:*', [tagged('equals', 'vip')]), effect: 'deny' },
    ]);
    expect((await found(token)).names).toEqual(['Busch', 'Claas']);
  });
});
