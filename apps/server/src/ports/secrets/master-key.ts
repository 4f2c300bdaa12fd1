import { createHash } from 'node:crypto';
import { SecretError } from './secret-error.ts';

/** A key that seals the data keys of secrets. */
export interface MasterKey {
  /** Names the key in sealed texts: 16 hex digits of a hash of the key. */
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Uint8Array;
}

/**
 * Makes a master key of 32 bytes. Its id follows from the bytes, so that processes agree on it without configuration.
 * @throws SecretError `INVALID_MASTER_KEY`
 */
export function createMasterKey(bytes: Uint8Array): MasterKey {
  if (bytes.length !== 32) throw new SecretError('INVALID_MASTER_KEY', 'A master key must have 32 bytes');
  const id = createHash('sha256').update('busbar master key id').update(bytes).digest('hex').slice(0, 16);
  return { id, bytes };
}
