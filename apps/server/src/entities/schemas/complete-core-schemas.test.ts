import { expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { testServer } from '../../testing/test-server.ts';
import { completeCoreSchemas } from './complete-core-schemas.ts';

it('gives an organisation the core schemas it lacks, once, and leaves those it changed', async () => {
  const { busbar, organisation, request, clock } = await testServer();
  const { database } = busbar.storage;
  const { org, token } = await organisation();
  const order = (await request('GET', '/v1/entity/schemas/order', { token })).body;
  await request('PUT', '/v1/entity/schemas/order', { token, body: { ...order, name: 'Auftrag' } });
  await database.system.run(
    sql`delete from entity_schema where org_id = ${org} and slug in ('email_template', 'price')`,
  );

  const completed = await Promise.all([1, 2, 3].map(() => completeCoreSchemas(database, clock.now())));

  expect(completed.flat()).toContain(org);
  expect(await completeCoreSchemas(database, clock.now())).not.toContain(org);
  const versions = await database.system.query<{ slug: string; versions: number }>(sql`
    select slug, count(*)::int as versions from entity_schema
     where org_id = ${org} and slug in ('email_template', 'price', 'order') group by slug order by slug`);
  expect(versions).toEqual([
    { slug: 'email_template', versions: 1 },
    { slug: 'order', versions: 2 },
    { slug: 'price', versions: 1 },
  ]);
  expect((await request('GET', '/v1/entity/schemas/price', { token })).status).toBe(200);
  expect((await request('GET', '/v1/entity/schemas/order', { token })).body['name']).toBe('Auftrag');
});
