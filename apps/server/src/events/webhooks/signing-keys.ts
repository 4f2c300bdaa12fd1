import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { Auth } from '@epilot/sdk/webhooks';
import type { SecretBox } from '../../ports/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { addSigningKey, findSigningKey } from './config-store.ts';
import { readSigningSecret } from './signature.ts';
import { openAuth, SIGNING_PURPOSE } from './webhook-config.ts';

const KEY_PURPOSE = 'webhook.organisation-key';
/** Opened secrets of each kind in memory; they cost two decryptions each, and every delivery needs them. */
const MOST_OPEN = 2_000;

/** A new signing secret for a webhook: `whsec_` and 32 random bytes in base64. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** The organisation's public key as PEM; undefined before its first webhook. */
export async function publicKeyOf(tenant: TenantQueries): Promise<string | undefined> {
  return (await findSigningKey(tenant))?.public_key;
}

/** Gives the organisation its Ed25519 pair unless it has one. `now` is UTC. */
export async function ensureSigningKey(tenant: TenantQueries, secrets: SecretBox, now: Date): Promise<void> {
  if (await findSigningKey(tenant)) return;
  const pair = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const sealedPrivateKey = secrets.seal(pair.privateKey, { org: tenant.org, purpose: KEY_PURPOSE });
  // When another request was faster, its pair stays.
  await addSigningKey(tenant, { publicKey: pair.publicKey, sealedPrivateKey }, now);
}

/** Opens sealed keys and credentials and remembers them by their sealed text, so that a changed one is never served from memory. */
export class OpenSecrets {
  readonly #secrets: SecretBox;
  readonly #privateKeys = new Map<string, KeyObject>();
  readonly #signingSecrets = new Map<string, KeyObject>();
  readonly #credentials = new Map<string, Auth>();

  constructor(secrets: SecretBox) {
    this.#secrets = secrets;
  }

  /** The organisation's private key. @throws SecretError */
  privateKey(org: string, sealed: string): KeyObject {
    return remember(this.#privateKeys, sealed, () =>
      createPrivateKey(this.#secrets.open(sealed, { org, purpose: KEY_PURPOSE })),
    );
  }

  /** A webhook's signing secret. @throws SecretError */
  signingSecret(org: string, sealed: string): KeyObject {
    return remember(this.#signingSecrets, sealed, () =>
      readSigningSecret(this.#secrets.open(sealed, { org, purpose: SIGNING_PURPOSE })),
    );
  }

  /** A webhook's credentials. @throws SecretError */
  credentials(org: string, sealed: string): Auth {
    return remember(this.#credentials, sealed, () => openAuth(this.#secrets, org, sealed));
  }
}

function remember<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  if (known.size >= MOST_OPEN) known.clear();
  known.set(key, made);
  return made;
}
