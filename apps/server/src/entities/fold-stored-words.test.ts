import { expect, it } from 'vitest';
import { sql } from '../storage/index.ts';
import { testDatabase } from '../testing/test-database.ts';
import { foldStoredWords } from './fold-stored-words.ts';
import { graphFixture } from './testing/graph-fixture.ts';

it('entities stored before words were folded get the words they would get today, some at a time', async () => {
  const database = await testDatabase();
  const { tenant, create } = await graphFixture();
  const names = Array.from({ length: 250 }, (_, index) => (index % 50 === 0 ? `Müller${index}` : 'Meier'));
  for (const name of names) await create('contact', { last_name: name });
  const words = () =>
    tenant.query<object>(
      sql`select id, words::text, updated_at from entity where org_id = ${tenant.org} order by id`,
    );
  const today = await words();
  await tenant.run(sql`
    update entity set words = ts_delete(words, array(
             select w from unnest(tsvector_to_array(words)) as w where starts_with(w, '~^')))
     where org_id = ${tenant.org}`);
  expect(await words()).not.toEqual(today);
  await tenant.run(sql`insert into folded_words_backlog (org_id) values (${tenant.org})`);

  const left = () =>
    tenant.first<{ done: string }>(sql`select done from folded_words_backlog where org_id = ${tenant.org}`);
  expect(await foldStoredWords(database, 1)).toBe(false);
  expect(await left()).toBeDefined();
  while (!(await foldStoredWords(database, 10)));
  expect(await left()).toBeUndefined();
  expect(await words()).toEqual(today);
});
