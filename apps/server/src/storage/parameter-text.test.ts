import fc from 'fast-check';
import { expect, it } from 'vitest';
import { testDatabase } from '../testing/test-database.ts';
import { sql } from './sql.ts';

/** Text that PostgreSQL can hold. */
const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\u0000'));

it('brings lists of text, with quotes, backslashes, commas and nulls in them, through a bound parameter unchanged', async () => {
  const { system } = await testDatabase();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(text, { nil: null })), async (items) => {
      const row = await system.first<{ items: unknown }>(sql`select to_jsonb(${items}::text[]) as items`);
      expect(row?.items).toEqual(items);
    }),
    { numRuns: 60 },
  );
});

it('brings instants, numbers and truth values through as what they are', async () => {
  const { system } = await testDatabase();
  const instant = new Date('2026-03-29T01:59:59.999Z');
  const row = await system.first(
    sql`select ${instant}::timestamptz as instant, ${2 ** 52}::bigint as number, ${true}::boolean as truth, ${null}::text as nothing,
               to_jsonb(${[1.5, -2]}::numeric[]) as numbers, ${{ a: ['"'] }}::jsonb as json`,
  );
  expect(row).toEqual({
    ...{ instant, number: 2 ** 52, truth: true, nothing: null },
    ...{ numbers: [1.5, -2], json: { a: ['"'] } },
  });
});

it('refuses what has no text form', async () => {
  const { system } = await testDatabase();
  await expect(system.query(sql`select ${new Uint8Array(3)}::text`)).rejects.toThrow('cannot bind bytes');
});
