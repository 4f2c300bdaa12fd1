import { type Entity, relatedIds } from '../../entities/index.ts';
import { loadMeters, type MeterWithCounters } from '../../metering/index.ts';
import { forbidden } from '../../refusal.ts';
import { sql, type TenantQueries } from '../../storage/index.ts';
import type { PortalAccess } from '../access/index.ts';

/** A contract and the meters it supplies. */
export interface Supply {
  readonly contract: Entity;
  readonly meterIds: ReadonlySet<string>;
}

/** What a chart is about. */
export interface SupplyScope {
  readonly meters: readonly MeterWithCounters[];
  readonly supplies: readonly Supply[];
}

const MOST_METERS = 100;

/**
 * The meters and contracts that the context of a chart means, as far as the user reaches them: those it names, those of the contracts, meters
 * and counters it names, and everything of the user when it names none of the three.
 * @throws Refusal 403 when the portal's role does not let the user see readings
 */
export async function supplyScope(
  queries: TenantQueries,
  access: PortalAccess,
  context: readonly Entity[],
): Promise<SupplyScope> {
  if (!access.allows('meter_reading:view', '*')) throw forbidden('Not permitted: meter_reading:view');
  const named = (schema: string) => context.filter((entity) => entity.schema === schema).map(({ id }) => id);
  const [meterIds, counterIds, contractIds] = [named('meter'), named('meter_counter'), named('contract')];
  const isNamed = meterIds.length + counterIds.length + contractIds.length > 0;
  const found = isNamed
    ? [
        ...meterIds,
        ...(await neighbours(queries, counterIds, 'meter')),
        ...(meterIds.length + counterIds.length > 0 ? [] : await neighbours(queries, contractIds, 'meter')),
      ]
    : await everyIdOf(queries, access, 'meter');
  const meters = await metersInReach(queries, access, found, counterIds);
  const related = await relatedIds(queries, found, { schema: 'contract' });
  const wanted = isNamed
    ? [...contractIds, ...related.map(({ id }) => id)]
    : await everyIdOf(queries, access, 'contract');
  const contracts = (await access.loadMany([...new Set(wanted)])).filter(
    ({ id }) => contractIds.length === 0 || contractIds.includes(id),
  );
  return {
    meters,
    supplies: contracts.map((contract) => ({
      contract,
      meterIds: new Set(related.filter(({ id }) => id === contract.id).map(({ from }) => from)),
    })),
  };
}

async function metersInReach(
  queries: TenantQueries,
  access: PortalAccess,
  ids: readonly string[],
  counterIds: readonly string[],
): Promise<MeterWithCounters[]> {
  const reached = await access.loadMany([...new Set(ids)].slice(0, MOST_METERS));
  const loaded = await loadMeters(
    queries,
    reached.map(({ id }) => id),
  );
  const visible = new Set(
    (await access.filter([...loaded.values()].flatMap(({ counters }) => counters))).map(({ id }) => id),
  );
  return [...loaded.values()].map(({ meter, counters }) => ({
    meter,
    counters: counters.filter(
      ({ id }) => visible.has(id) && (counterIds.length === 0 || counterIds.includes(id)),
    ),
  }));
}

async function neighbours(queries: TenantQueries, ids: readonly string[], schema: string): Promise<string[]> {
  return (await relatedIds(queries, ids, { schema })).map(({ id }) => id);
}

async function everyIdOf(queries: TenantQueries, access: PortalAccess, schema: string): Promise<string[]> {
  const rows = await queries.query<{ id: string }>(
    sql`select id from (${access.reachable([schema])}) r order by id limit ${MOST_METERS}`,
  );
  return rows.map(({ id }) => id);
}
