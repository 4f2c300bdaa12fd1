import { randomInt, randomUUID } from 'node:crypto';
import { bringCoreSchemas } from '../../apps/server/src/entities/index.ts';
import { searchEntities } from '../../apps/server/src/entities/search/index.ts';
import { type AccessOf, portalAccess } from '../../apps/server/src/portal/access/index.ts';
import { systemClock } from '../../apps/server/src/ports/index.ts';
import { openStorage, sql, type Tenant } from '../../apps/server/src/storage/index.ts';
import { fillWithCustomers, PER_CUSTOMER } from './bench-customer.ts';

/**
 * What one customer's questions cost in organisations of 2,000 and 200,000 entities: the aim is that the organisation's size does not show
 * (within 3 times). Each customer has a billing account, two contracts, two meters and five billing events. Median of several rounds, beside a
 * select of one row by its key. Run with `node bench/portal/customer-reach.bench.ts [size ...]`; `DATABASE_URL` names a PostgreSQL, otherwise
 * the embedded database is measured.
 */
const SIZES = process.argv.slice(2).map(Number);
const ROUNDS = 25;
const SCHEMAS = ['contract', 'meter', 'billing_account', 'billing_event', 'order', 'opportunity', 'file'];

const storage = await openStorage({
  databaseUrl: process.env['DATABASE_URL'] || undefined,
  data: 'memory://',
  connections: 2,
});
console.log(
  `Reach of a portal user on ${storage.database.kind}, Node ${process.version}, median of ${ROUNDS}`,
);
for (const size of SIZES.length > 0 ? SIZES : [2_000, 200_000]) await report(size);
await storage.database.close();

async function report(size: number): Promise<void> {
  const tenant = storage.database.tenant(String(randomInt(1_000_000, 2 ** 47)));
  await tenant.transaction((tx) => bringCoreSchemas(tx, new Date()));
  await fillWithCustomers(tenant, size);
  await storage.database.system.run(sql`analyze entity`);
  await storage.database.system.run(sql`analyze entity_edge`);
  const someone = await tenant.first<{ id: string }>(
    sql`select id from entity where org_id = ${tenant.org} and schema = 'contact' order by id offset 50 limit 1`,
  );
  const own = await tenant.first<{ from_id: string }>(
    sql`select from_id from entity_edge where org_id = ${tenant.org} and to_id = ${someone?.id ?? ''}::uuid and from_schema = 'contract' limit 1`,
  );
  if (!someone || !own) throw new Error('The bench has customers with contracts');
  const access = await accessOf(tenant, someone.id)({ principal: principal(tenant.org, someone.id), tenant });
  const search = async (schemas: readonly string[], expected: number, word?: string) => {
    const { total } = await searchEntities(tenant, {
      tree: word
        ? { kind: 'pattern', field: 'contract_name', pieces: [{ literal: word }, { wildcard: 'many' }] }
        : { kind: 'equal', field: '_schema', values: [...schemas] },
      scope: await access.scopeOf(schemas),
      sort: [{ field: '_created_at', descending: true }],
      size: 100,
    });
    if (total !== expected) throw new Error(`Found ${total} instead of ${expected}`);
  };
  const floor = await median(() =>
    tenant.query(sql`select id, doc from entity where org_id = ${tenant.org} and id = ${someone.id}::uuid`),
  );
  console.log(`\n${size} entities; one row by its key: ${floor.toFixed(2)} ms`);
  const line = (name: string, time: number) =>
    console.log(
      `${name.padEnd(32)}${time.toFixed(2).padStart(8)} ms ${(time / floor).toFixed(1).padStart(6)} x`,
    );
  line('one contract through the gates', await median(() => access.load('contract', own.from_id)));
  line('all contracts', await median(() => search(['contract'], 2)));
  line('contracts by a word', await median(() => search(['contract'], 2, 'bench')));
  line('billing events', await median(() => search(['billing_event'], 5)));
  line('everything in reach', await median(() => search(SCHEMAS, PER_CUSTOMER - 1)));
  for (const table of ['entity', 'entity_edge']) {
    await tenant.run(
      table === 'entity'
        ? sql`delete from entity where org_id = ${tenant.org}`
        : sql`delete from entity_edge where org_id = ${tenant.org}`,
    );
  }
}

/** A portal that shows everything. */
function accessOf(tenant: Tenant, contactId: string): AccessOf {
  return portalAccess({
    access: {
      rightsOf: async () => ({
        allows: () => true,
        granted: () => ['all'],
        visible: (_schema, members) => members,
        mayEdit: () => true,
      }),
    },
    portals: {
      of: async () => ({
        portalId: contactId,
        origin: tenant.org,
        config: { inactive_contract_cutoff_years: 3 },
      }),
    },
    clock: systemClock,
  });
}

function principal(org: string, contactId: string) {
  return {
    kind: 'portal_user' as const,
    ...{ org, contactId, contactIds: [contactId], portalId: randomUUID(), portalUserId: randomUUID() },
    ...{
      origin: 'END_CUSTOMER_PORTAL',
      email: 'kim@example.org',
      sessionId: undefined,
      impersonator: undefined,
      readOnly: false,
    },
  };
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}
