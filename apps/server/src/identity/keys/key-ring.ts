import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import { type Clock, type SecretBox, SecretError } from '../../ports/index.ts';
import type { Database } from '../../storage/index.ts';
import { asObject } from '../json-reading.ts';
import type { KeySet } from './key-set.ts';
import { insertKey, keysInUse, listKeys, lockKeys, type StoredKey } from './key-store.ts';

const HOUR_MS = 3_600_000;
/** A key signs for 90 days; its successor is published a day before it takes over (identity §7). */
const SIGNS_FOR_MS = 90 * 24 * HOUR_MS;
const PUBLISHED_AHEAD_MS = 24 * HOUR_MS;
/** No portal or preview token lives longer (portal §1.5 clamps at 1440 minutes); afterwards a replaced key has nothing left to verify. */
const LONGEST_SHORT_TOKEN_MS = 24 * HOUR_MS;
/** Keys are read again after this time, so that those of other processes are seen long before they sign. */
const REREAD_MS = 5 * 60_000;
/** An unknown key id may cause a fresh read this often: tokens with made-up ids must not become queries. */
const REREAD_UNKNOWN_MS = 10_000;

export interface Signer {
  readonly keyId: string;
  readonly privateKey: CryptoKey;
}

interface Ring {
  readonly readAt: number;
  readonly keys: readonly StoredKey[];
}

/** The installation's signing keys: made when first needed, replaced every 90 days, shared by all processes through the database. */
export class KeyRing {
  readonly #database: Database;
  readonly #secrets: SecretBox;
  readonly #clock: Clock;
  readonly #rings = new Map<KeySet, Promise<Ring>>();
  readonly #signers = new Map<string, Promise<Signer>>();
  readonly #verifiers = new Map<string, Promise<CryptoKey>>();

  constructor(database: Database, secrets: SecretBox, clock: Clock) {
    this.#database = database;
    this.#secrets = secrets;
    this.#clock = clock;
  }

  /** The key that signs now. The first call of a set makes its key (RSA 3072, some tenths of a second). */
  async signer(set: KeySet): Promise<Signer> {
    let { keys } = await this.#ring(set);
    if (this.#startOfNextKey(set, keys)) keys = await this.#addKey(set);
    const current = currentKey(keys, this.#clock.now());
    if (!current) throw new Error(`The key set ${set} has no key to sign with`);
    const known = this.#signers.get(current.id);
    if (known) return known;
    const signer = importSigner(current.id, this.#secrets.open(current.sealedPrivate, secretContext(set)));
    this.#signers.set(current.id, signer);
    return signer;
  }

  /** The public key with this id in this set, or undefined. */
  async verifier(set: KeySet, keyId: string): Promise<CryptoKey | undefined> {
    let ring = await this.#ring(set);
    const isOld = this.#clock.now().getTime() - ring.readAt >= REREAD_UNKNOWN_MS;
    if (isOld && !ring.keys.some((key) => key.id === keyId)) ring = await this.#reread(set);
    const key = ring.keys.find((one) => one.id === keyId);
    if (!key) return undefined;
    const known = this.#verifiers.get(key.id);
    if (known) return known;
    const verifier = importRsaKey(key.publicKey);
    this.#verifiers.set(key.id, verifier);
    return verifier;
  }

  /** The set's public keys as a JWKS: those that sign, will sign, or have signed a token that may still be shown. */
  async publicKeys(set: KeySet): Promise<JWK[]> {
    await this.signer(set);
    const now = this.#clock.now();
    const { keys } = await this.#reread(set);
    const inUse = await keysInUse(this.#database.system, set, now);
    const published = keys.filter((key, at) => {
      const replacedAt = keys[at + 1]?.activeFrom.getTime();
      const isOver = replacedAt !== undefined && replacedAt + LONGEST_SHORT_TOKEN_MS < now.getTime();
      return !isOver || inUse.has(key.id);
    });
    return published.map((key) => ({ ...key.publicKey, kid: key.id, use: 'sig', alg: 'RS256' }));
  }

  async #ring(set: KeySet): Promise<Ring> {
    const ring = await this.#rings.get(set);
    const isFresh = ring !== undefined && this.#clock.now().getTime() - ring.readAt <= REREAD_MS;
    return isFresh ? ring : this.#reread(set);
  }

  #reread(set: KeySet): Promise<Ring> {
    const readAt = this.#clock.now().getTime();
    const ring = listKeys(this.#database.system, set).then((keys) => ({ readAt, keys }));
    this.#rings.set(set, ring);
    // A failed read must not be answered again.
    ring.catch(() => this.#rings.delete(set));
    return ring;
  }

  /**
   * When a new key has to start: at once when none can sign, in a day when the current one is about to have served its time, never
   * (undefined) otherwise. A key whose master key is lost still verifies; it just cannot sign any more.
   */
  #startOfNextKey(set: KeySet, keys: readonly StoredKey[]): Date | undefined {
    const now = this.#clock.now();
    const current = currentKey(keys, now);
    if (!current || !this.#canOpen(set, current)) return now;
    const servedUntil = current.activeFrom.getTime() + SIGNS_FOR_MS;
    const isLast = keys.at(-1) === current;
    return isLast && servedUntil - PUBLISHED_AHEAD_MS <= now.getTime()
      ? new Date(now.getTime() + PUBLISHED_AHEAD_MS)
      : undefined;
  }

  #canOpen(set: KeySet, key: StoredKey): boolean {
    if (this.#signers.has(key.id)) return true;
    try {
      this.#secrets.open(key.sealedPrivate, secretContext(set));
      return true;
    } catch (error) {
      if (error instanceof SecretError && error.code === 'UNKNOWN_KEY') return false;
      throw error;
    }
  }

  /** Adds the first key or a successor. Of processes that do so at once one wins, and all use its key. */
  async #addKey(set: KeySet): Promise<readonly StoredKey[]> {
    const pair = await generateKeyPair('RS256', { modulusLength: 3072, extractable: true });
    const publicKey = await exportJWK(pair.publicKey);
    const privateKey = JSON.stringify(await exportJWK(pair.privateKey));
    const id = await calculateJwkThumbprint(publicKey);
    await this.#database.system.transaction(async (tx) => {
      await lockKeys(tx);
      const activeFrom = this.#startOfNextKey(set, await listKeys(tx, set));
      if (!activeFrom) return;
      const sealedPrivate = this.#secrets.seal(privateKey, secretContext(set));
      const createdAt = this.#clock.now();
      await insertKey(tx, set, { id, publicKey, sealedPrivate, createdAt, activeFrom });
    });
    return (await this.#reread(set)).keys;
  }
}

/** The youngest key that is active. */
function currentKey(keys: readonly StoredKey[], now: Date): StoredKey | undefined {
  return keys.findLast((key) => key.activeFrom <= now);
}

function secretContext(set: KeySet): { org: string; purpose: string } {
  return { org: 'installation', purpose: `signing-key.${set}` };
}

async function importSigner(keyId: string, privateKey: string): Promise<Signer> {
  return { keyId, privateKey: await importRsaKey(asObject(JSON.parse(privateKey))) };
}

async function importRsaKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, 'RS256');
  if (key instanceof Uint8Array) throw new TypeError('A signing key is an RSA key');
  return key;
}
