import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../storage/index.ts';
import { type ErpFixture, erpFixture } from './testing/erp-fixture.ts';

const folder = new URL('../../../../demo/erp/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

interface DemoEvent {
  readonly deduplication_id: string;
  readonly [member: string]: unknown;
}
interface DemoBatch {
  readonly correlation_id: string;
  readonly events: readonly DemoEvent[];
}

const batches: readonly DemoBatch[] = read('events.json').batches;
const expected = read('expected.json');

describe('the demo utility', () => {
  let erp: ErpFixture;

  beforeAll(async () => {
    erp = await erpFixture(read('integration.json').use_cases);
    for (const { events, correlation_id } of batches) {
      const results = await erp.send(events, { correlation_id });
      expect(new Set(results.map((result) => String(result['status'])))).toEqual(new Set(['success']));
    }
    await erp.server.work();
  }, 120_000);

  const counts = async (deleted: boolean) => {
    const rows = await erp.tenant.query<{ schema: string; count: number }>(sql`
      select schema, count(*)::integer as count from entity
       where org_id = ${erp.tenant.org} and (deleted_at is not null) = ${deleted} group by schema`);
    return Object.fromEntries(rows.map(({ schema, count }) => [schema, count]));
  };

  it('has as many entities as the ERP has told about, and one in the recycle bin', async () => {
    const rows = await erp.monitoring();
    const bad = rows.filter(
      (row) => String(row['status']) !== 'success' && String(row['sync_type']) === 'entity',
    );
    expect(bad.slice(0, 5)).toEqual([]);
    expect(await counts(false)).toMatchObject(expected.entities);
    expect(await counts(true)).toEqual(expected.soft_deleted);
  });
});
