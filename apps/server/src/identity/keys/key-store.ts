import type { JWK } from 'jose';
import { json, type Queries, type SystemTransaction, sql } from '../../storage/index.ts';
import { asObject } from '../json-reading.ts';
import type { KeySet } from './key-set.ts';

/** A key pair as stored: the private half is sealed with the deployment's master key. */
export interface StoredKey {
  readonly id: string;
  readonly publicKey: JWK;
  readonly sealedPrivate: string;
  readonly createdAt: Date;
  /** It signs from this instant (UTC) on, until a younger key of its set becomes active. */
  readonly activeFrom: Date;
}

/** Any number does, as long as every process takes the same one. */
const KEY_LOCK = 8_712_340;

/** All keys of a set, oldest first. */
export async function listKeys(queries: Queries, set: KeySet): Promise<StoredKey[]> {
  const rows = await queries.query<{
    id: string;
    public_key: unknown;
    sealed_private: string;
    created_at: Date;
    active_from: Date;
  }>(sql`
    select id, public_key, sealed_private, created_at, active_from from signing_key
     where key_set = ${set} order by active_from, id`);
  return rows.map((row) => ({
    id: row.id,
    publicKey: asObject(row.public_key),
    sealedPrivate: row.sealed_private,
    createdAt: row.created_at,
    activeFrom: row.active_from,
  }));
}

/** Waits for its turn among all processes that want to add a key; the lock ends with the transaction. */
export async function lockKeys(tx: SystemTransaction): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(${KEY_LOCK})`);
}

/** Adds a key to a set. */
export async function insertKey(tx: SystemTransaction, set: KeySet, key: StoredKey): Promise<void> {
  await tx.run(sql`
    insert into signing_key (id, key_set, public_key, sealed_private, created_at, active_from)
    values (${key.id}, ${set}, ${json(key.publicKey)}::jsonb, ${key.sealedPrivate}, ${key.createdAt}, ${key.activeFrom})`);
}

/** The keys among these that signed an access token which still counts. */
export async function keysInUse(queries: Queries, set: KeySet, now: Date): Promise<Set<string>> {
  const rows = await queries.query<{ id: string }>(sql`
    select k.id from signing_key k
     where k.key_set = ${set} and exists (
       select 1 from access_token t where t.key_id = k.id and t.revoked_at is null
          and (t.expires_at is null or t.expires_at > ${now}))`);
  return new Set(rows.map((row) => row.id));
}
