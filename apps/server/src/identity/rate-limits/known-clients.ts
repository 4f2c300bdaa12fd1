import { sql, type TenantQueries } from '../../storage/index.ts';
import { counterKey, type GuessedAt, SIGNED_IN } from './guessed-at.ts';

/** Remembers that the owner of an address has signed in from a client, or has shown a mailed proof there. */
export async function rememberClient(queries: TenantQueries, at: GuessedAt, now: Date): Promise<void> {
  await queries.run(sql`
    insert into known_client (org_id, key_hash, seen_at) values (${queries.org}, ${keyOf(at)}, ${now})
    on conflict (org_id, key_hash) do update set seen_at = excluded.seen_at`);
}

/** Whether the owner of the address has been here. Sessions count as such. Forgotten 90 days after the last time (retention). */
export async function isKnownClient(queries: TenantQueries, at: GuessedAt): Promise<boolean> {
  if (at.client === SIGNED_IN) return true;
  const row = await queries.first(
    sql`select 1 from known_client where org_id = ${queries.org} and key_hash = ${keyOf(at)}`,
  );
  return row !== undefined;
}

function keyOf({ portalId, email, client }: GuessedAt): string {
  return counterKey('known-client', portalId, email, client);
}
