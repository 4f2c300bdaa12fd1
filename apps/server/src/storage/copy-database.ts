import type { Engine, Session } from './engine.ts';
import { SCHEMA } from './migrate.ts';

/** Rows per round trip; a row is at most about 1 MiB. */
const PAGE = 500;

/** How many rows of which table were copied. */
export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
}

/**
 * Copies every row of one migrated database into another migrated, empty one, in one transaction: the way from the embedded database to
 * PostgreSQL. Nobody else may write to the source meanwhile. Throws, and leaves the target as it was, when the target has data or the two
 * are of different versions.
 */
export async function copyDatabase(source: Engine, target: Engine): Promise<CopiedTable[]> {
  const from = await source.acquire('system');
  const to = await target.acquire('system');
  try {
    for (const session of [from, to]) {
      await session.query("select set_config('role', 'none', false)", []);
      session.scope = undefined;
    }
    await refuseDifferentVersions(from, to);
    await to.query('begin', []);
    try {
      const copied: CopiedTable[] = [];
      // What triggers would write is copied as well.
      await switchTriggers(to, 'disable');
      for (const { leaf, table } of await tables(from)) {
        copied.push({ table, rows: await copyTable(from, to, leaf, table) });
      }
      await switchTriggers(to, 'enable');
      await continueSequences(to);
      await to.query('commit', []);
      return copied;
    } catch (error) {
      await to.query('rollback', []);
      throw error;
    }
  } finally {
    from.release();
    to.release();
  }
}

async function refuseDifferentVersions(from: Session, to: Session): Promise<void> {
  const migrations = 'select name, checksum from migration order by name';
  const [mine, theirs] = await Promise.all([from.query(migrations, []), to.query(migrations, [])]);
  if (JSON.stringify(mine.rows) !== JSON.stringify(theirs.rows)) {
    throw new Error('The two databases are of different versions: start each once with this version');
  }
  for (const { table } of await tables(to)) {
    const row = await to.query(`select 1 from ${table} limit 1`, []);
    if (row.count > 0)
      throw new Error(`The target already has data (table ${table}); copy into an empty database`);
  }
}

/** Tables that hold rows themselves, parents before children; rows of a partition are written through its parent. */
async function tables(session: Session): Promise<{ leaf: string; table: string }[]> {
  const { rows } = await session.query(
    `with recursive dependency as (
       select c.oid, 0 as depth from pg_class c
        where c.relnamespace = '${SCHEMA}'::regnamespace and c.relkind in ('r', 'p')
       union
       select k.conrelid, d.depth + 1 from dependency d
         join pg_constraint k on k.confrelid = d.oid and k.contype = 'f' and k.conrelid <> k.confrelid
        where d.depth < 20)
     select format('%I', c.relname) as leaf, format('%I', coalesce(root.relname, c.relname)) as table
       from pg_class c
       left join lateral (select p.relname, p.oid from pg_partition_root(c.oid) r join pg_class p on p.oid = r) root on true
       join (select oid, max(depth) as depth from dependency group by oid) d on d.oid = coalesce(root.oid, c.oid)
      where c.relnamespace = '${SCHEMA}'::regnamespace and c.relkind = 'r' and c.relname <> 'migration'
      order by d.depth, c.relname`,
    [],
  );
  return rows.map((row) => ({ leaf: String(row['leaf']), table: String(row['table']) }));
}

async function copyTable(from: Session, to: Session, leaf: string, table: string): Promise<number> {
  const columns = await storedColumns(to, table);
  let after = '(0,0)';
  let copied = 0;
  for (;;) {
    const page = await from.query(
      `select t.ctid::text as place, to_jsonb(t)::text as row from ${leaf} t where t.ctid > $1::tid order by t.ctid limit ${PAGE}`,
      [after],
    );
    const last = page.rows.at(-1);
    if (!last) return copied;
    await to.query(
      `insert into ${table} (${columns}) overriding system value
       select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
      [`[${page.rows.map((row) => String(row['row'])).join(',')}]`],
    );
    copied += page.rows.length;
    after = String(last['place']);
  }
}

/** The columns of a table that are not computed from others. */
async function storedColumns(session: Session, table: string): Promise<string> {
  const { rows } = await session.query(
    `select string_agg(format('%I', attname), ', ' order by attnum) as columns from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  return String(rows[0]?.['columns']);
}

async function switchTriggers(session: Session, how: 'enable' | 'disable'): Promise<void> {
  const { rows } = await session.query(
    `select distinct tgrelid::regclass::text as table from pg_trigger t join pg_class c on c.oid = t.tgrelid
      where c.relnamespace = '${SCHEMA}'::regnamespace and not t.tgisinternal`,
    [],
  );
  for (const { table } of rows) await session.query(`alter table ${String(table)} ${how} trigger user`, []);
}

/** New rows must not get the numbers of copied ones. */
async function continueSequences(to: Session): Promise<void> {
  await to.query(
    `do $$
     declare identity record;
     begin
       for identity in
         select c.oid::regclass as relation, a.attname as attribute, pg_get_serial_sequence(c.oid::regclass::text, a.attname) as sequence
           from pg_attribute a join pg_class c on c.oid = a.attrelid
          where c.relnamespace = '${SCHEMA}'::regnamespace and a.attidentity <> '' and not a.attisdropped and not c.relispartition
       loop
         execute format('select setval(%L, coalesce((select max(%I) from %s), 0) + 1, false)',
                        identity.sequence, identity.attribute, identity.relation);
       end loop;
     end $$`,
    [],
  );
}
