import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { raw, type Sql, type System, sql } from '../../apps/server/src/storage/index.ts';

/** What an applied event leaves behind; one baseline writes the same rows into empty copies of these tables, indexes included. */
const RESULTS = ['entity', 'activity', 'activity_operation', 'inbound_monitoring_event'] as const;
const TABLES = ['bench_body', 'bench_document', ...RESULTS.map((table) => `bench_${table}`)];

/** The same rows written without a server. */
export class Baselines {
  readonly #system: System;
  readonly #url: string | undefined;
  readonly #pool: pg.Pool | undefined;

  constructor(system: System, url: string | undefined) {
    this.#system = system;
    this.#url = url;
    this.#pool = url === undefined ? undefined : new pg.Pool({ connectionString: url, max: 8 });
  }

  async createTables(): Promise<void> {
    await this.#system.run(sql`create table if not exists bench_body (org_id text, id text, body text)`);
    await this.#system.run(sql`
      create table if not exists bench_document (org_id text, external_id text, doc jsonb, primary key (org_id, external_id))`);
    for (const table of RESULTS)
      await this.#system.run(
        raw(`create table if not exists bench_${table} (like ${table} including defaults including indexes)`),
      );
  }

  /** COPY on PostgreSQL, one insert of all on the embedded database. */
  async copyBodies(bodies: readonly string[]): Promise<void> {
    if (this.#url === undefined) {
      await this.#system.run(
        sql`insert into bench_body select 'o', 'i', body from unnest(${[...bodies]}::text[]) as b(body)`,
      );
      return;
    }
    const copy = '\\copy busbar.bench_body (org_id, id, body) from stdin';
    const psql = spawn(process.env['PSQL'] ?? 'psql', [this.#url, '-qc', copy], {
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    for (const [index, body] of bodies.entries()) {
      const escaped = body.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n');
      psql.stdin.write(`o\t${index}\t${escaped}\n`);
    }
    psql.stdin.end();
    const [code] = await once(psql, 'exit');
    if (code !== 0) throw new Error('psql failed');
  }

  /** One row per transaction, prepared, on 8 connections. */
  async insertSingly(bodies: readonly string[]): Promise<void> {
    const text = 'insert into busbar.bench_body values ($1, $2, $3)';
    let next = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (next < bodies.length) {
          const body = bodies[next] ?? '';
          next += 1;
          if (this.#pool) await this.#pool.query({ name: 'single', text, values: ['o', 'i', body] });
          else await this.#system.run(sql`insert into bench_body values ('o', 'i', ${body})`);
        }
      }),
    );
  }

  /** The documents of the events, 500 at a time. */
  async upsertDocuments(org: string): Promise<() => Promise<void>> {
    const docs = await this.#system.query<{ key: string; doc: string }>(
      sql`select doc->>'external_id' as key, doc::text as doc from entity where org_id = ${org} and schema = 'contract'`,
    );
    return async () => {
      for (let at = 0; at < docs.length; at += 500) {
        const part = docs.slice(at, at + 500);
        await this.#system.run(sql`
          insert into bench_document select ${org}, key, doc from unnest(${part.map(({ key }) => key)}::text[], ${part.map(({ doc }) => doc)}::jsonb[]) as d(key, doc)
          on conflict (org_id, external_id) do update set doc = excluded.doc`);
      }
    };
  }

  /** Every row that the events have left behind, 500 at a time. */
  async upsertResults(org: string): Promise<() => Promise<void>> {
    const statements: Sql[] = [];
    for (const table of RESULTS) {
      const copy = raw(`bench_${table}`);
      const conflict =
        table === 'entity' ? raw('on conflict (org_id, id) do update set doc = excluded.doc') : raw('');
      const rows = await this.#system.query<{ row: string }>(
        sql`select to_jsonb(t)::text as row from ${raw(table)} t where org_id = ${org}`,
      );
      const texts = rows.map(({ row }) => row);
      for (let at = 0; at < texts.length; at += 500)
        statements.push(sql`
          insert into ${copy} select r.* from unnest(${texts.slice(at, at + 500)}::jsonb[]) as u(row), jsonb_populate_record(null::${copy}, u.row) as r ${conflict}`);
    }
    return async () => {
      for (const statement of statements) await this.#system.run(statement);
    };
  }

  async close(): Promise<void> {
    await this.#pool?.end();
    await this.#system.run(raw(`drop table ${TABLES.join(', ')}`));
  }
}
