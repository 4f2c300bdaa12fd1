import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, testOrganisation } from '../testing/test-database.ts';
import { type Database, DatabaseError, isUniqueViolation, json, sql } from './index.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});

const insertSequence = (org: string, schema: string, value = 1) =>
  sql`insert into entity_sequence (org_id, schema, attribute, next_value) values (${org}, ${schema}, 'a', ${value})`;

describe('values', () => {
  it('reads the same JavaScript values from both engines', async () => {
    const rows = await database.system.query(sql`
      select 9007199254740991::bigint as big, 12.50::numeric as amount, date '2026-03-29' as day,
             timestamptz '2026-03-29 01:00:00+00' as at, ${json({ a: [1, null] })}::jsonb as doc, true as yes, null as nothing,
             array['a', 'b "c"', null, 'd,e', '']::text[] as texts, array[1, 2]::int[] as numbers, array[]::text[] as none`);
    expect(rows).toEqual([
      {
        big: 9007199254740991,
        amount: '12.50',
        day: '2026-03-29',
        at: new Date('2026-03-29T01:00:00Z'),
        doc: { a: [1, null] },
        yes: true,
        nothing: null,
        texts: ['a', 'b "c"', null, 'd,e', ''],
        numbers: [1, 2],
        none: [],
      },
    ]);
  });

  it('binds arrays, dates and nulls', async () => {
    const row = await database.system.first<{ n: number; at: Date; missing: null }>(sql`
      select cardinality(${['x', 'y']}::text[]) as n, ${new Date(0)}::timestamptz as at, ${null}::text as missing`);
    expect(row).toEqual({ n: 2, at: new Date(0), missing: null });
  });
});

describe('tenant scope', () => {
  it('hides and refuses rows of other organisations even when a statement forgets to ask', async () => {
    const [mine, other] = [testOrganisation(), testOrganisation()];
    await database.tenant(mine).run(insertSequence(mine, 'contact'));
    expect(await database.tenant(other).query(sql`select * from entity_sequence`)).toEqual([]);
    expect(await database.tenant(other).run(sql`delete from entity_sequence`)).toBe(0);
    await expect(database.tenant(other).run(insertSequence(mine, 'order'))).rejects.toThrow(
      /row-level security/,
    );
    expect(await database.tenant(mine).query(sql`select * from entity_sequence`)).toHaveLength(1);
  });

  it('has no access to tables of the installation', async () => {
    await expect(database.tenant(testOrganisation()).query(sql`select * from migration`)).rejects.toThrow(
      /permission denied/,
    );
  });

  it('guards every table that the migrations made', async () => {
    const open = await database.system.query(sql`
      select c.relname from pg_class c
       where c.relnamespace = 'busbar'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'migration'
         and (not c.relrowsecurity or not exists (select 1 from pg_policy p where p.polrelid = c.oid))
         and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id')`);
    expect(open).toEqual([]);
  });
});

describe('transactions', () => {
  it('commits as a whole, or not at all, and calls back only after a commit', async () => {
    const org = testOrganisation();
    const tenant = database.tenant(org);
    const called: string[] = [];
    await expect(
      tenant.transaction(async (transaction) => {
        transaction.afterCommit(() => called.push('rolled back'));
        await transaction.run(insertSequence(org, 'a'));
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await tenant.transaction(async (transaction) => {
      transaction.afterCommit(() => called.push('committed'));
      await transaction.run(insertSequence(org, 'b'));
    });
    expect(await tenant.query(sql`select schema from entity_sequence`)).toEqual([{ schema: 'b' }]);
    expect(called).toEqual(['committed']);
  });

  it('repeats on a serialisation conflict and gives up on anything else', async () => {
    const tenant = database.tenant(testOrganisation());
    let attempts = 0;
    await tenant.transaction(async () => {
      attempts += 1;
      if (attempts < 3) throw new DatabaseError('conflict', '40001');
    });
    expect(attempts).toBe(3);
    await expect(
      tenant.transaction(async () => Promise.reject(new DatabaseError('bad', '22P02'))),
    ).rejects.toThrow('bad');
  });

  it('refuses a second connection inside a transaction', async () => {
    const tenant = database.tenant(testOrganisation());
    await expect(tenant.transaction(async () => tenant.query(sql`select 1`))).rejects.toThrow(
      /A transaction is open/,
    );
    expect(await tenant.query(sql`select 1 as one`)).toEqual([{ one: 1 }]);
  });

  it('names the unique index that refused a row', async () => {
    const org = testOrganisation();
    const tenant = database.tenant(org);
    await tenant.run(insertSequence(org, 'x'));
    const error = await tenant.run(insertSequence(org, 'x')).catch((refused: unknown) => refused);
    expect(isUniqueViolation(error, 'entity_sequence_pkey')).toBe(true);
    expect(isUniqueViolation(error, 'another')).toBe(false);
  });

  it('gives every caller a turn when many ask at once', async () => {
    const org = testOrganisation();
    const tenant = database.tenant(org);
    await tenant.run(insertSequence(org, 'n', 0));
    await Promise.all(
      Array.from({ length: 50 }, () =>
        tenant.transaction(async (transaction) => {
          await transaction.run(
            sql`update entity_sequence set next_value = next_value + 1 where org_id = ${org}`,
          );
        }),
      ),
    );
    expect(await tenant.first(sql`select next_value from entity_sequence`)).toEqual({ next_value: 50 });
  });
});
