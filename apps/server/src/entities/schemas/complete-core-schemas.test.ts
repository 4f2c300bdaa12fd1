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

it('brings core schemas that nobody has changed to the version of the server, and leaves those somebody has', async () => {
  const { busbar, organisation, request, clock } = await testServer();
  const { database } = busbar.storage;
  const founded = await organisation();
  const changed = await organisation();
  const read = async ({ token }: { token: string }) =>
    (await request('GET', '/v1/entity/schemas/order', { token })).body;
  const options = async (of: { token: string }) => {
    const { attributes } = await read(of);
    return JSON.stringify(
      Object.values(attributes ?? {}).find(({ name }) => String(name) === 'status')?.['options'],
    );
  };
  const current = await options(founded);
  expect(current).toContain('open_for_acceptance');
  // As an earlier server left them: an older definition, known to be nobody's own.
  for (const { org } of [founded, changed]) {
    await database.system.run(sql`
      update entity_schema set definition = replace(definition::text, 'open_for_acceptance', 'offered')::jsonb, core_fingerprint = 'first'
       where org_id = ${org} and slug = 'order'`);
    await database.system.run(
      sql`update entity_schema_generation set generation = generation + 1 where org_id = ${org}`,
    );
  }
  const own = await read(changed);
  expect((await request('PUT', '/v1/entity/schemas/order', { token: changed.token, body: own })).status).toBe(
    200,
  );

  const brought = await Promise.all([1, 2, 3].map(() => completeCoreSchemas(database, clock.now())));
  expect(brought.flat()).toContain(founded.org);
  expect(brought.flat()).not.toContain(changed.org);
  expect(await options(founded)).toBe(current);
  expect(await read(founded)).toMatchObject({ version: 2 });
  expect(await options(changed)).toContain('offered');

  // A server that still has the former version starts, or this one once more: nothing goes back or forth.
  expect(await completeCoreSchemas(database, clock.now())).not.toContain(founded.org);
  const next = await read(founded);
  await request('PUT', '/v1/entity/schemas/order', {
    token: founded.token,
    body: { ...next, name: 'Auftrag' },
  });
  expect(await completeCoreSchemas(database, clock.now())).not.toContain(founded.org);
  expect(await read(founded)).toMatchObject({ version: 3, name: 'Auftrag' });
});

it('saves no new version of a schema that says the same already', async () => {
  const { busbar, organisation, request, clock } = await testServer();
  const { database } = busbar.storage;
  const { org, token } = await organisation();
  await database.system.run(
    sql`update entity_schema set core_fingerprint = 'first' where org_id = ${org} and slug in ('order', 'contact')`,
  );
  expect(await completeCoreSchemas(database, clock.now())).toContain(org);
  expect((await request('GET', '/v1/entity/schemas/order', { token })).body).toMatchObject({ version: 1 });
  expect(await completeCoreSchemas(database, clock.now())).not.toContain(org);
});

it('leaves what a newer server has saved to that', async () => {
  const { busbar, organisation, clock } = await testServer();
  const { database } = busbar.storage;
  const { org } = await organisation();
  await database.system.run(sql`
    insert into entity_schema (org_id, slug, version, definition, created_at, core_fingerprint)
    select org_id, slug, 2, definition, created_at, 'of a newer server' from entity_schema where org_id = ${org} and slug = 'order'`);
  expect(await completeCoreSchemas(database, clock.now())).not.toContain(org);
});
