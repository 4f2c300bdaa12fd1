import { hkdfSync, randomBytes } from 'node:crypto';
import { decrypt, encrypt } from './aes-gcm.ts';
import type { MasterKey } from './master-key.ts';
import type { SecretBox, SecretContext } from './secret-box.ts';
import { SecretError } from './secret-error.ts';

const SEALED = /^bsb1\.([0-9a-f]{16})\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/**
 * Seals every text under a data key of its own, and the data key under a master key: `bsb1.<key id>.<data key>.<text>`, parts in base64url.
 * Organisation and purpose are associated data of both, so a sealed text moved to another row does not open.
 * @param keys newest first: the first seals, all open
 * @throws SecretError `INVALID_MASTER_KEY` without any key
 */
export function createSecretBox(keys: readonly MasterKey[]): SecretBox {
  const [newest] = keys;
  if (!newest) throw new SecretError('INVALID_MASTER_KEY', 'There is no master key');
  const byId = new Map(keys.map((key) => [key.id, key]));
  return {
    seal(plaintext, context) {
      const associated = associatedData(newest.id, context);
      const dataKey = randomBytes(32);
      const wrapped = encrypt(newest.bytes, dataKey, associated);
      const text = encrypt(dataKey, Buffer.from(plaintext, 'utf8'), associated);
      return `bsb1.${newest.id}.${wrapped.toString('base64url')}.${text.toString('base64url')}`;
    },
    open(sealed, context) {
      const { keyId, wrapped, text } = parse(sealed);
      const key = byId.get(keyId);
      if (!key)
        throw new SecretError('UNKNOWN_KEY', `The secret was sealed under the unknown master key ${keyId}`);
      const associated = associatedData(keyId, context);
      const dataKey = decrypt(key.bytes, wrapped, associated);
      const plaintext = dataKey?.length === 32 ? decrypt(dataKey, text, associated) : undefined;
      if (!plaintext) throw new SecretError('TAMPERED', 'The secret was altered or belongs elsewhere');
      return plaintext.toString('utf8');
    },
    isStale: (sealed) => parse(sealed).keyId !== newest.id,
    signingKeys: (context) =>
      keys.map(({ id, bytes }) => {
        const info = Buffer.concat([Buffer.from('signing\n'), associatedData(id, context)]);
        return new Uint8Array(hkdfSync('sha256', bytes, '', info, 32));
      }),
  };
}

function parse(sealed: string): { keyId: string; wrapped: Buffer; text: Buffer } {
  const [, keyId, wrapped, text] = SEALED.exec(sealed) ?? [];
  if (keyId === undefined || wrapped === undefined || text === undefined) {
    throw new SecretError('MALFORMED', 'This is not a sealed secret');
  }
  return { keyId, wrapped: Buffer.from(wrapped, 'base64url'), text: Buffer.from(text, 'base64url') };
}

/** JSON keeps the parts apart: no two contexts give the same bytes. */
function associatedData(keyId: string, { org, purpose }: SecretContext): Buffer {
  return Buffer.from(JSON.stringify(['bsb1', keyId, org, purpose]), 'utf8');
}
