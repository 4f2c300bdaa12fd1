import { json, sql, type TenantQueries, type TenantTransaction } from '../../storage/index.ts';
import type { Direction, ReadingValues } from '../reading.ts';
import type { ReadingChangeset } from './reading-changeset.ts';
import type { ReadingMatching } from './reading-matching.ts';

/** The counter whose readings wait. */
export interface CounterPlace {
  readonly meterId: string;
  readonly counterId: string;
}

/** Values as JSON keeps them: the instant is text, absent members are missing. */
type StoredValues = Omit<ReadingValues, 'timestamp' | 'counterId' | 'externalId'> & {
  readonly timestamp: string;
  readonly counterId?: string;
  readonly externalId?: string;
};

interface ChangesetRow {
  id: string;
  counter_id: string;
  proposed: StoredValues;
  previous: StoredValues | null;
  edit_mode: 'external' | 'approval';
  matching: ReadingMatching;
  created_at: Date;
  created_by: { type?: string; id?: string };
}

const COLUMNS = sql`c.id, c.counter_id, c.proposed, c.previous, c.edit_mode, c.matching, c.created_at, c.created_by`;

/** The readings of a counter that wait, the oldest first. */
export async function pendingOfCounter(
  queries: TenantQueries,
  { meterId, counterId }: CounterPlace,
): Promise<ReadingChangeset[]> {
  const rows = await queries.query<ChangesetRow>(sql`
    select ${COLUMNS} from reading_changeset c
     where c.org_id = ${queries.org} and c.meter_id = ${meterId}::uuid and c.counter_id = ${counterId}::uuid
     order by c.created_at, c.id`);
  return rows.map(changesetFromRow);
}

/** Which readings of a counter that wait: of an interval with both ends included (UTC), and of one direction where that is named. */
export interface PendingQuery extends CounterPlace {
  readonly from: Date;
  readonly until: Date;
  readonly direction: Direction | undefined;
}

/** The readings of a counter that wait for a place in an interval, the oldest proposal first. */
export async function pendingInInterval(
  queries: TenantQueries,
  { from, until, direction, ...place }: PendingQuery,
): Promise<ReadingChangeset[]> {
  const pending = await pendingOfCounter(queries, place);
  return pending.filter(
    ({ proposed }) =>
      proposed.timestamp >= from &&
      proposed.timestamp <= until &&
      (direction === undefined || proposed.direction === direction),
  );
}

/** The readings that wait for an ERP's confirmation, of all counters of some meters. */
export async function unconfirmedOfMeters(
  queries: TenantQueries,
  meterIds: readonly string[],
): Promise<ReadingChangeset[]> {
  const rows = await queries.query<ChangesetRow>(sql`
    select ${COLUMNS} from reading_changeset c
     where c.org_id = ${queries.org} and c.meter_id = any(${[...meterIds]}::uuid[]) and c.edit_mode = 'external'
     order by c.created_at, c.id`);
  return rows.map(changesetFromRow);
}

/** Stores a changeset; one with the same id is replaced. */
export async function saveChangeset(tx: TenantTransaction, changeset: ReadingChangeset): Promise<void> {
  const { id, proposed, previous, editMode, matching, createdAt, createdBy } = changeset;
  await tx.run(sql`
    insert into reading_changeset (org_id, meter_id, counter_id, id, proposed, previous, edit_mode, matching, created_at, created_by)
    values (${tx.org}, ${proposed.meterId}::uuid, ${proposed.counterId}::uuid, ${id}::uuid, ${json(proposed)}::jsonb,
            ${previous ? json(previous) : null}::jsonb, ${editMode}, ${json(matching)}::jsonb, ${createdAt}, ${json(createdBy)}::jsonb)
    on conflict (org_id, meter_id, counter_id, id) do update set proposed = excluded.proposed`);
}

/** Removes changesets. */
export async function removeChangesets(
  tx: TenantTransaction,
  changesets: readonly ReadingChangeset[],
): Promise<void> {
  if (changesets.length === 0) return;
  await tx.run(sql`
    delete from reading_changeset c
     using unnest(${changesets.map(({ proposed }) => proposed.meterId)}::uuid[],
                  ${changesets.map(({ proposed }) => proposed.counterId)}::uuid[],
                  ${changesets.map(({ id }) => id)}::uuid[]) as gone (meter_id, counter_id, id)
     where c.org_id = ${tx.org} and c.meter_id = gone.meter_id and c.counter_id = gone.counter_id and c.id = gone.id`);
}

function changesetFromRow(row: ChangesetRow): ReadingChangeset {
  return {
    id: row.id,
    proposed: { ...valuesFromJson(row.proposed), counterId: row.counter_id },
    previous: row.previous ? valuesFromJson(row.previous) : undefined,
    editMode: row.edit_mode,
    matching: row.matching,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}

function valuesFromJson({ timestamp, counterId, externalId, ...values }: StoredValues): ReadingValues {
  return { ...values, counterId, externalId, timestamp: new Date(timestamp) };
}
