import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { TENANT_ROLE } from './database.ts';
import type { Engine } from './engine.ts';

export const SCHEMA = 'busbar';
/** Any number does, as long as every Busbar process takes the same one. */
const MIGRATION_LOCK = 8_712_301;
const FOLDER = new URL('./migrations/', import.meta.url);

/**
 * Brings the database to this version: runs the numbered SQL files that it has not seen, each in a transaction of its own, under a lock
 * that other starting processes wait for; then puts row-level security on every table. Answers the names of the files it ran.
 * Throws when a file that already ran has been changed since.
 */
export async function migrate(engine: Engine): Promise<string[]> {
  const session = await engine.acquire('system');
  try {
    await session.query("select set_config('role', 'none', false)", []);
    session.scope = undefined;
    await session.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      for (const statement of PREPARE) await session.query(statement, []);
      const done = await appliedMigrations((text) => session.query(text, []).then((result) => result.rows));
      const ran: string[] = [];
      for (const name of await migrationNames()) {
        const text = await readFile(new URL(name, FOLDER), 'utf8');
        const checksum = createHash('sha256').update(text).digest('hex');
        const before = done.get(name);
        if (before === checksum) continue;
        if (before !== undefined)
          throw new Error(`Migration ${name} was changed after it had run on this database`);
        await session.query('begin', []);
        try {
          for (const statement of splitStatements(text)) await session.query(statement, []);
          await session.query('insert into migration (name, checksum) values ($1, $2)', [name, checksum]);
          await session.query('commit', []);
        } catch (error) {
          await session.query('rollback', []);
          throw new Error(`Migration ${name} failed`, { cause: error });
        }
        ran.push(name);
      }
      if (ran.length > 0) for (const statement of LOCK_THE_SECOND_DOOR) await session.query(statement, []);
      return ran;
    } finally {
      await session.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    }
  } finally {
    session.release();
  }
}

const PREPARE = [
  `create schema if not exists ${SCHEMA}`,
  `do $$ begin create role ${TENANT_ROLE} nologin; exception when duplicate_object or unique_violation then null; end $$`,
  `do $$ begin execute format('grant ${TENANT_ROLE} to %I', current_user); exception when others then null; end $$`,
  `create table if not exists migration (
     name text primary key, checksum text not null, applied_at timestamptz not null default now())`,
];

/**
 * Every table with an `org_id` hides other organisations' rows from the tenant role. Tables without one belong to the installation and are
 * closed to it. Views that read several tables do so with their owner's rights and filter by organisation themselves.
 */
const LOCK_THE_SECOND_DOOR = [
  `grant usage on schema ${SCHEMA} to ${TENANT_ROLE}`,
  `grant usage, select on all sequences in schema ${SCHEMA} to ${TENANT_ROLE}`,
  `do $$
   declare relation record;
   begin
     for relation in
       select c.relname, c.relkind from pg_class c
        where c.relnamespace = '${SCHEMA}'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
          and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped)
     loop
       execute format('grant select, insert, update, delete on %I to ${TENANT_ROLE}', relation.relname);
       execute format('alter table %I enable row level security', relation.relname);
       execute format('drop policy if exists tenant on %I', relation.relname);
       execute format(
         'create policy tenant on %I to ${TENANT_ROLE} using (org_id = current_setting(''busbar.org_id''))
            with check (org_id = current_setting(''busbar.org_id''))', relation.relname);
     end loop;
     for relation in select viewname as relname from pg_views where schemaname = '${SCHEMA}' loop
       execute format('grant select on %I to ${TENANT_ROLE}', relation.relname);
     end loop;
   end $$`,
];

async function appliedMigrations(
  query: (text: string) => Promise<Record<string, unknown>[]>,
): Promise<Map<string, string>> {
  const rows = await query('select name, checksum from migration');
  return new Map(rows.map((row) => [String(row['name']), String(row['checksum'])]));
}

async function migrationNames(): Promise<string[]> {
  const names = await readdir(FOLDER);
  return names.filter((name) => name.endsWith('.sql')).sort();
}

/** Cuts a script at its semicolons; those inside quotes, dollar quotes and comments do not count. */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let start = 0;
  const pattern = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([a-z_]*)\$[\s\S]*?\$\1\$|;/gi;
  for (const match of script.matchAll(pattern)) {
    if (match[0] !== ';') continue;
    statements.push(script.slice(start, match.index).trim());
    start = match.index + 1;
  }
  statements.push(script.slice(start).trim());
  return statements.filter((statement) => statement.replace(/--[^\n]*/g, '').trim() !== '');
}
