import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyDatabase } from './copy-database.ts';
import { Database } from './database.ts';
import { openEmbedded } from './embedded-engine.ts';
import type { Engine } from './engine.ts';
import { migrate, SCHEMA } from './migrate.ts';
import { json, sql } from './sql.ts';

let source: Engine;
let target: Engine;
beforeAll(async () => {
  [source, target] = await Promise.all([
    openEmbedded({ dataDir: 'memory://', searchPath: SCHEMA }),
    openEmbedded({ dataDir: 'memory://', searchPath: SCHEMA }),
  ]);
  await migrate(source);
  await migrate(target);
});
afterAll(() => Promise.all([source.close(), target.close()]));

it('carries every row over once, continues identities, and refuses a target with data', async () => {
  const before = new Database(source).tenant('1');
  for (let number = 0; number < 1_201; number += 1) {
    await before.run(
      sql`insert into entity_sequence (org_id, schema, attribute, next_value) values ('1', 's', ${`a${number}`}, ${number})`,
    );
  }
  await before.run(sql`
    insert into entity (org_id, id, schema, doc, created_at, updated_at, words)
    values ('1', gen_random_uuid(), 'contact', ${json({ name: 'Ä "quoted" \\ text', list: [1, null] })}::jsonb, now(), now(), array_to_tsvector(array['ä', '~x']))`);
  await before.run(
    sql`insert into job (org_id, queue, payload, run_at, created_at) values ('1', 'q', '{}'::jsonb, now(), now()), ('1', 'q', '{}'::jsonb, now(), now())`,
  );

  await before.run(sql`
    insert into webhook_delivery (org_id, created_at, id, webhook_id, event_name, status, url, http_method, metadata)
    values ('1', now(), 'd', 'w', 'e', 'pending', 'u', 'POST', '{"use_case_id":"u"}'::jsonb)`);

  const copied = await copyDatabase(source, target);
  expect(copied).toContainEqual({ table: 'entity_sequence', rows: 1_201 });

  const after = new Database(target).tenant('1');
  // The last two: a computed column, and what a trigger wrote.
  const tables = [
    'entity',
    'entity_sequence',
    'job',
    'webhook_delivery',
    'outbound_monitoring_delta',
  ] as const;
  for (const table of tables) {
    const statement = {
      entity: sql`select * from entity`,
      entity_sequence: sql`select * from entity_sequence order by attribute`,
      job: sql`select * from job order by id`,
      webhook_delivery: sql`select * from webhook_delivery`,
      outbound_monitoring_delta: sql`select * from outbound_monitoring_delta`,
    }[table];
    expect(await after.query(statement)).toEqual(await before.query(statement));
  }
  const next = await after.first<{ id: number }>(
    sql`insert into job (org_id, queue, payload, run_at, created_at) values ('1', 'q', '{}'::jsonb, now(), now()) returning id`,
  );
  expect(next?.id).toBeGreaterThan(2);
  await expect(copyDatabase(source, target)).rejects.toThrow(/already has data/);
});
