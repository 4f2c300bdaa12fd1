/** A server in a process of its own, forked by the benchmark of inbound events: it takes requests, and does what the benchmark asks for by message. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { pino } from 'pino';
import { createBusbar } from '../../apps/server/src/composition/busbar.ts';
import { readSettings } from '../../apps/server/src/settings.ts';
import { raw, sql } from '../../apps/server/src/storage/index.ts';
import { Baselines } from './baselines.ts';

/** What the benchmark asks a server for; each answers how long it took and what it cost. */
export type Question =
  | { readonly kind: 'prepare' | 'drain' | 'cpu' | 'clear' }
  | { readonly kind: 'organisation' | 'documents' | 'results' | 'forget'; readonly org: string }
  | { readonly kind: 'count'; readonly org: string }
  | { readonly kind: 'copy' | 'inserts'; readonly bodies: readonly string[] };

/** CPU time in microseconds since the start: of this process, and of the sessions of its database. */
export interface Cpu {
  readonly server: number;
  readonly database: number;
}

const port = await freePort();
const url = process.env['DATABASE_URL'];
const settings = readSettings({
  BUSBAR_DATA: 'memory://',
  BUSBAR_LOG_LEVEL: 'silent',
  BUSBAR_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  BUSBAR_ERP_REQUESTS_PER_MINUTE: '1000000',
  NODE_ENV: 'production',
  // One for all processes: tokens name their issuer by it.
  BUSBAR_BASE_URL: 'http://bench.test',
  PORT: String(port),
  ...(url === undefined ? {} : { DATABASE_URL: url }),
});
const busbar = await createBusbar(settings, pino({ level: 'silent' }));
await busbar.http.listen({ host: '127.0.0.1', port });
const { system } = busbar.storage.database;
const baselines = new Baselines(system, url);

process.on('message', (question: Question) => {
  answer(question).then(
    (value) => process.send?.({ value }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => void busbar.close().then(() => process.exit()));
process.send?.({ value: port });

async function answer(question: Question): Promise<unknown> {
  switch (question.kind) {
    case 'prepare':
      return baselines.createTables();
    case 'organisation':
      await busbar.rooms.createOrganisation(question.org, 'Bench');
      return busbar.rooms.identity.issueAdminToken(question.org);
    case 'copy':
      return timed(() => baselines.copyBodies(question.bodies));
    case 'inserts':
      return timed(() => baselines.insertSingly(question.bodies));
    case 'documents':
      return timed(await baselines.upsertDocuments(question.org));
    case 'results':
      return timed(await baselines.upsertResults(question.org));
    case 'drain':
      return timed(() => busbar.workers.drain());
    case 'count':
      return (
        await system.query(sql`select from entity where org_id = ${question.org} and schema = 'contract'`)
      ).length;
    case 'forget':
      return system.run(sql`delete from inbound_queue where org_id = ${question.org}`);
    case 'cpu':
      return cpu();
    case 'clear':
      return baselines.close();
  }
}

/** Milliseconds that work took. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function cpu(): Promise<Cpu> {
  const { user, system: kernel } = process.cpuUsage();
  return { server: user + kernel, database: url === undefined ? 0 : await sessionsCpu() };
}

/** CPU time of the database's sessions, as Linux counts it; 0 where the database does not let us read it. */
async function sessionsCpu(): Promise<number> {
  const rows = await system
    .query<{ stat: string }>(
      raw(
        "select pg_read_file('/proc/' || pid || '/stat') as stat from pg_stat_activity where datname = current_database()",
      ),
    )
    .catch(() => []);
  const ticks = rows.map(({ stat }) => stat.slice(stat.lastIndexOf(')') + 2).split(' '));
  return ticks.reduce((sum, fields) => sum + (Number(fields[11]) + Number(fields[12])) * 10_000, 0);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
