import { beforeAll, describe, expect, it } from 'vitest';
import { type Sql, sql, type TenantQueries } from '../../storage/index.ts';
import { API_WRITE, type GraphFixture, graphFixture } from '../testing/graph-fixture.ts';
import { findByUniqueKeys, findManyByUniqueKeys } from './find-by-unique-keys.ts';
import { lockUniqueKeys } from './lock-unique-keys.ts';

describe('finding by unique keys', () => {
  let fixture: GraphFixture;
  beforeAll(async () => {
    fixture = await graphFixture();
  });

  const ids = async (schema: string, keys: Parameters<typeof findByUniqueKeys>[2]) =>
    (await findByUniqueKeys(fixture.tenant, schema, keys)).map(({ id }) => id);

  it('compares as text, exactly and case-sensitively', async () => {
    const text = await fixture.create('contact', { customer_number: 'KD-100 a' });
    const number = await fixture.create('contact', { customer_number: 4711 });
    expect(await ids('contact', [{ attribute: 'customer_number', value: 'KD-100 a' }])).toEqual([text.id]);
    expect(await ids('contact', [{ attribute: 'customer_number', value: 'KD-100 A' }])).toEqual([]);
    expect(await ids('contact', [{ attribute: 'customer_number', value: 'KD-100' }])).toEqual([]);
    expect(await ids('contact', [{ attribute: 'customer_number', value: '4711' }])).toEqual([number.id]);
    expect(await ids('contact', [{ attribute: 'customer_number', value: 4711 }])).toEqual([number.id]);
    expect(await ids('account', [{ attribute: 'customer_number', value: 4711 }])).toEqual([]);
  });

  it('matches any item of a repeatable, by name and by path', async () => {
    const entity = await fixture.create('contact', {
      email: [{ email: 'one@example.org' }, { email: 'two@example.org' }],
    });
    expect(await ids('contact', [{ attribute: 'email', value: 'two@example.org' }])).toEqual([entity.id]);
    expect(await ids('contact', [{ attribute: 'email.1.email', value: 'two@example.org' }])).toEqual([
      entity.id,
    ]);
    expect(await ids('contact', [{ attribute: 'email.0.email', value: 'two@example.org' }])).toEqual([]);
    expect(await ids('contact', [{ attribute: 'email.email', value: 'one@example.org' }])).toEqual([
      entity.id,
    ]);
  });

  it('needs every key to match', async () => {
    const entity = await fixture.create('meter', { meter_number: 'M-1', ma_lo_id: '50000000001' });
    const both = [
      { attribute: 'meter_number', value: 'M-1' },
      { attribute: 'ma_lo_id', value: '50000000001' },
    ];
    expect(await ids('meter', both)).toEqual([entity.id]);
    expect(await ids('meter', [...both, { attribute: 'external_id', value: 'x' }])).toEqual([]);
    expect(await ids('meter', [])).toEqual([]);
  });

  it('finds attributes the schema does not know, values without words, and hostile text', async () => {
    const odd = `'); drop table entity; -- "\\ | & ! :*`;
    const first = await fixture.create('contact', { legacy_key: odd });
    const second = await fixture.create('contact', { external_id: '---' });
    expect(await ids('contact', [{ attribute: 'legacy_key', value: odd }])).toEqual([first.id]);
    expect(await ids('contact', [{ attribute: 'external_id', value: '---' }])).toEqual([second.id]);
    expect(await ids('contact', [{ attribute: 'a"b\\c', value: 'x' }])).toEqual([]);
  });

  it('takes _id as an address, alone or with other keys', async () => {
    const entity = await fixture.create('contact', { external_id: 'addressed' });
    const id = { attribute: '_id', value: entity.id };
    expect(await ids('contact', [id])).toEqual([entity.id]);
    expect(await ids('account', [id])).toEqual([]);
    expect(await ids('contact', [id, { attribute: 'external_id', value: 'addressed' }])).toEqual([entity.id]);
    expect(await ids('contact', [id, { attribute: 'external_id', value: 'else' }])).toEqual([]);
    expect(await ids('contact', [{ attribute: '_id', value: 'no uuid' }])).toEqual([]);
  });

  it('does not see deleted entities unless asked', async () => {
    const entity = await fixture.create('contact', { external_id: 'gone-1' });
    await fixture.tenant.transaction((tx) => fixture.graph.softDelete(tx, { id: entity.id }, API_WRITE));
    const key = [{ attribute: 'external_id', value: 'gone-1' }];
    expect(await ids('contact', key)).toEqual([]);
    expect(await findByUniqueKeys(fixture.tenant, 'contact', key, { includeDeleted: true })).toHaveLength(1);
  });

  it('answers many questions in their order', async () => {
    const made = await Promise.all(
      [1, 2, 3].map((n) => fixture.create('contract', { contract_number: `V-${n}` })),
    );
    const numbers = ['V-3', 'V-9', 'V-1'];
    const found = await findManyByUniqueKeys(
      fixture.tenant,
      numbers.map((value) => ({ schema: 'contract', keys: [{ attribute: 'contract_number', value }] })),
    );
    expect(found.map((entities) => entities.map(({ id }) => id))).toEqual([[made[2]?.id], [], [made[0]?.id]]);
  });

  it('makes one entity of fifty concurrent finds and upserts of one key', async () => {
    const keys = [{ attribute: 'customer_number', value: 'ONE' }];
    const attempts = Array.from({ length: 50 }, (_, index) =>
      fixture.tenant.transaction(async (tx) => {
        if (index % 2 === 0) {
          const attributes = { customer_number: 'ONE', first_name: `Name ${index}` };
          return (await fixture.graph.upsert(tx, { schema: 'contact', keys, attributes }, API_WRITE)).entity
            .id;
        }
        await lockUniqueKeys(tx, [{ schema: 'contact', keys }]);
        const [found] = await findByUniqueKeys(tx, 'contact', keys);
        if (found) return found.id;
        const stub = { schema: 'contact', attributes: { customer_number: 'ONE' } };
        return (await fixture.graph.create(tx, stub, API_WRITE)).entity.id;
      }),
    );
    expect(new Set(await Promise.all(attempts)).size).toBe(1);
    expect(await ids('contact', keys)).toHaveLength(1);
  });

  it('locks a schema instead of very many of its keys, and still makes one entity of concurrent finds', async () => {
    const question = (value: string) => ({
      schema: 'contact',
      keys: [{ attribute: 'customer_number', value }],
    });
    const many = Array.from({ length: 3_000 }, (_, n) => question(`many-${n}`));
    const attempts = Array.from({ length: 12 }, (_, index) =>
      fixture.tenant.transaction(async (tx) => {
        const wanted = question('many-7');
        await lockUniqueKeys(tx, index % 3 === 0 ? many : [wanted]);
        const locks = await tx.first<{ held: number }>(
          sql`select count(*)::int as held from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()`,
        );
        expect(locks?.held).toBeLessThanOrEqual(2);
        const [found] = await findByUniqueKeys(tx, 'contact', wanted.keys);
        if (found) return found.id;
        const stub = { schema: 'contact', attributes: { customer_number: 'many-7' } };
        return (await fixture.graph.create(tx, stub, API_WRITE)).entity.id;
      }),
    );
    expect(new Set(await Promise.all(attempts)).size).toBe(1);
  });

  it('reads the index of words, not the table', async () => {
    await fixture.tenant.transaction((tx) =>
      fixture.graph.write(
        tx,
        Array.from({ length: 3_000 }, (_, n) => ({
          kind: 'create',
          schema: 'contact',
          attributes: { external_id: `bulk${n}` },
        })),
        API_WRITE,
      ),
    );
    const seen: string[] = [];
    await fixture.tenant.transaction(async (tx) => {
      const explaining: TenantQueries = {
        ...tx,
        async query<Row extends object>(statement: Sql) {
          if (statement.text.includes('candidate')) {
            const plan = await tx.query(sql`explain ${statement}`);
            seen.push(...plan.map((row) => Object.values(row).join()));
          }
          return tx.query<Row>(statement);
        },
      };
      const key = { attribute: 'external_id', value: 'bulk7' };
      expect(await findByUniqueKeys(explaining, 'contact', [key])).toHaveLength(1);
    });
    expect(seen.join('\n')).toContain('entity_words');
    expect(seen.join('\n')).not.toContain('Seq Scan');
  });
});
