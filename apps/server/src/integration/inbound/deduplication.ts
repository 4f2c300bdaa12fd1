import { sql, type TenantQueries } from '../../storage/index.ts';

/** How long an accepted deduplication id keeps others out: 24 hours from its acceptance, not sliding (erp-integration.md 4.3). */
export const DEDUPLICATION_HOURS = 24;

/** A wish to be the first with a deduplication id. */
export interface DeduplicationClaim {
  readonly integrationId: string;
  readonly deduplicationId: string;
  readonly eventId: string;
}

/** Names the place that at most one event holds at a time. */
export function claimKey(claim: {
  readonly integrationId: string;
  readonly deduplicationId: string;
}): string {
  return `${claim.integrationId} ${claim.deduplicationId}`;
}

/**
 * Takes the places for the claims (each key at most once) and answers which event holds each key now: the claimant, or one accepted within
 * the last 24 hours. Concurrent claims of one key wait for each other's transactions, so that exactly one wins.
 */
export async function claimDeduplication(
  queries: TenantQueries,
  claims: readonly DeduplicationClaim[],
  now: Date,
): Promise<Map<string, string>> {
  if (claims.length === 0) return new Map();
  // One order for everybody, so that two batches do not wait for each other in a circle.
  const sorted = [...claims].sort((a, b) => (claimKey(a) < claimKey(b) ? -1 : 1));
  const integrations = sorted.map(({ integrationId }) => integrationId);
  const ids = sorted.map(({ deduplicationId }) => deduplicationId);
  const oldest = new Date(now.getTime() - DEDUPLICATION_HOURS * 3_600_000);
  const won = await queries.query<HolderRow>(sql`
    insert into inbound_deduplication as d (org_id, integration_id, deduplication_id, event_id, accepted_at)
    select ${queries.org}, integration_id, deduplication_id, event_id, ${now}
      from unnest(${integrations}::uuid[], ${ids}::text[], ${sorted.map(({ eventId }) => eventId)}::text[])
           as claim (integration_id, deduplication_id, event_id)
    on conflict (org_id, integration_id, deduplication_id) do update set event_id = excluded.event_id, accepted_at = excluded.accepted_at
     where d.accepted_at <= ${oldest}
    returning integration_id, deduplication_id, event_id`);
  const held = won.length === sorted.length ? [] : await holders(queries, integrations, ids);
  return new Map([...held, ...won].map((row) => [holderKey(row), row.event_id]));
}

interface HolderRow {
  readonly integration_id: string;
  readonly deduplication_id: string;
  readonly event_id: string;
}

function holderKey(row: HolderRow): string {
  return claimKey({ integrationId: row.integration_id, deduplicationId: row.deduplication_id });
}

function holders(
  queries: TenantQueries,
  integrations: readonly string[],
  ids: readonly string[],
): Promise<HolderRow[]> {
  return queries.query(sql`
    select d.integration_id, d.deduplication_id, d.event_id
      from unnest(${[...integrations]}::uuid[], ${[...ids]}::text[]) as claim (integration_id, deduplication_id)
      join inbound_deduplication d on d.org_id = ${queries.org} and d.integration_id = claim.integration_id
                                  and d.deduplication_id = claim.deduplication_id`);
}
