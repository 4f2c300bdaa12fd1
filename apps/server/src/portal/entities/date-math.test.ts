import { beforeAll, describe, expect, it } from 'vitest';
import { testServer } from '../../testing/test-server.ts';
import { type PortalCustomer, portalCustomer, relatedTo } from '../service/testing/portal-customer.ts';

const DAY = 86_400_000;
let customer: PortalCustomer;
let today: string;

const staff = (path: string, body: unknown) =>
  customer.server.request('POST', path, { token: customer.admin, body });
const dayFrom = (days: number) =>
  new Date(customer.server.clock.now().getTime() + days * DAY).toISOString().slice(0, 10);
const names = (body: { readonly [member: string]: object }) =>
  Object.values(body['results'] ?? {})
    .map((one: { contract_name?: unknown }) => String(one.contract_name))
    .sort();

beforeAll(async () => {
  const { clock } = await testServer();
  const before = clock.now();
  today = before.toISOString().slice(0, 10);
  // Noon: a day here is the same day everywhere these tests ask about.
  clock.set(new Date(`${today}T12:00:00.000Z`));
  customer = await portalCustomer();
  for (const [contract_name, days] of [
    ...[['ended', -1] as const, ['ends today', 0] as const, ['ends tomorrow', 1] as const],
  ]) {
    const dates = { end_date: dayFrom(days), start_date: '2024-01-15' };
    await customer.create('contract', { contract_name, ...dates, customer: relatedTo(customer.contactId) });
  }
  return () => clock.set(before);
});

describe('date math in ranges', () => {
  it('is understood by structured filters and query strings of the Entity API', async () => {
    const list = async (range: object) => {
      const filter = [{ term: { _schema: 'contract' } }, { range: { end_date: range } }];
      return names((await staff('/v1/entity:list', { filter })).body);
    };
    expect(await list({ gte: 'now/d' })).toEqual(['ends today', 'ends tomorrow']);
    expect(await list({ gt: 'now/d' })).toEqual(['ends tomorrow']);
    expect(await list({ lt: 'now/d', gte: 'now-1d/d' })).toEqual(['ended']);
    expect(await list({ lte: 'now/d', time_zone: 'Europe/Berlin' })).toEqual(['ended', 'ends today']);
    expect(await list({ gte: `${today}||+1d` })).toEqual(['ends tomorrow']);
    const q = (range: string) => `_schema:contract AND start_date:${range}`;
    const search = async (range: string) => names((await staff('/v1/entity:search', { q: q(range) })).body);
    expect(await search('[2023-12-01||+1M TO 2024-01-15]')).toHaveLength(3);
    expect(await search('[2024-01-31||-15d TO now]')).toEqual([]);
    expect(await search('>=now-1d')).toEqual([]);
    expect(await search('<now')).toHaveLength(3);
  });

  it('is understood by filters of portal users and by targets that staff have defined', async () => {
    const search = (body: object) =>
      customer.ask('POST', '/v2/portal/entity:search', { slug: 'contract', ...body });
    const filters = [{ range: { end_date: { gte: 'now/d' } } }];
    expect(names((await search({ filters })).body)).toEqual(['ends today', 'ends tomorrow']);
    const schema = { slug: 'target', name: 'Target', plural: 'Targets', capabilities: [], attributes: [] };
    await customer.server.request('PUT', '/v1/entity/schemas/target', {
      token: customer.admin,
      body: schema,
    });
    const target = await customer.create('target', {
      ...{ entity_schema: 'contract', entity_filters: [{ range: { end_date: { lt: 'now/d' } } }] },
    });
    expect(names((await search({ targets: [target] })).body)).toEqual(['ended']);
  });

  it('is refused with its place where it cannot be read', async () => {
    for (const [bound, message] of [
      ['now-1', 'is no date math such as now-1d/d'],
      ['tomorrow||+1d', 'has no date before ||'],
      ['now+99999y', 'leads beyond the years 100 to 9999'],
    ]) {
      const filter = [{ term: { _schema: 'contract' } }, { range: { end_date: { gte: bound } } }];
      expect(await staff('/v1/entity:list', { filter })).toMatchObject({
        ...{ status: 400, body: { errors: [{ path: 'body.filter[1].range.end_date.gte', message }] } },
      });
      const filters = [{ range: { end_date: { lt: bound } } }];
      const asked = await customer.ask('POST', '/v2/portal/entity:search', { slug: 'contract', filters });
      expect(asked).toMatchObject({
        ...{ status: 400, body: { errors: [{ path: 'body.filters[0].range.end_date.lt', message }] } },
      });
      expect(await staff('/v1/entity:search', { q: `end_date:[${bound} TO *]` })).toMatchObject({
        ...{ status: 400, body: { errors: [{ path: 'body.q' }] } },
      });
    }
  });
});
