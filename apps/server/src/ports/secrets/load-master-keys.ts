import { randomBytes, scrypt } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createMasterKey, type MasterKey } from './master-key.ts';
import { SecretError } from './secret-error.ts';

export interface MasterKeySource {
  /**
   * Keys from the configuration, newest first, separated by commas: 32 bytes in hex or base64, or a passphrase of at least 16
   * characters. Without it the key file of the data folder is used.
   */
  readonly configured?: string;
  readonly dataFolder: string;
}

export interface LoadedMasterKeys {
  /** Newest first; at least one. */
  readonly keys: readonly MasterKey[];
  /** True when the key was made just now: the operator should learn that losing the file loses the secrets. */
  readonly generated: boolean;
}

const SHORTEST_PASSPHRASE = 16;
/** A fixed salt, because every process must derive the same key without sharing a file. Strength comes from the passphrase and the cost. */
const PASSPHRASE_SALT = 'busbar master key from passphrase v1';
/** About 0.3 s and 128 MiB, once per start (OWASP's recommendation for scrypt). */
const SCRYPT_COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

/**
 * Gives the master keys of the deployment (identity.md 1.5).
 * @throws SecretError `INVALID_MASTER_KEY` that says which entry cannot be used, without showing it; errors of the file system as they are
 */
export async function loadMasterKeys({ configured, dataFolder }: MasterKeySource): Promise<LoadedMasterKeys> {
  if (configured !== undefined) {
    const entries = configured.split(',').map((entry) => entry.trim());
    const keys: MasterKey[] = [];
    for (const [index, entry] of entries.entries())
      keys.push(createMasterKey(await readKey(entry, index + 1)));
    return { keys, generated: false };
  }
  const path = join(dataFolder, 'secret.key');
  const stored = await readKeyFile(path);
  if (stored) return { keys: [stored], generated: false };
  await mkdir(dataFolder, { recursive: true });
  return createKeyFile(path);
}

async function readKey(entry: string, position: number): Promise<Uint8Array> {
  if (/^[0-9a-f]{64}$/i.test(entry)) return Buffer.from(entry, 'hex');
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(entry)) return Buffer.from(entry, 'base64');
  if (entry.length >= SHORTEST_PASSPHRASE) return derive(entry);
  throw new SecretError(
    'INVALID_MASTER_KEY',
    `Master key ${position} is neither 32 bytes in hex or base64 nor a passphrase of ${SHORTEST_PASSPHRASE} characters or more`,
  );
}

function derive(passphrase: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), PASSPHRASE_SALT, 32, SCRYPT_COST, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

async function readKeyFile(path: string): Promise<MasterKey | undefined> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    if (/^[0-9a-f]{64}$/.test(text)) return createMasterKey(Buffer.from(text, 'hex'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  throw new SecretError('INVALID_MASTER_KEY', 'The key file does not contain 64 hex digits');
}

/** The file appears under its name complete or not at all, and only once: whoever comes second reads what the first one wrote. */
async function createKeyFile(path: string): Promise<LoadedMasterKeys> {
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  const bytes = randomBytes(32);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${bytes.toString('hex')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
    return { keys: [createMasterKey(bytes)], generated: true };
  } catch (error) {
    const winner = hasCode(error, 'EEXIST') ? await readKeyFile(path) : undefined;
    if (!winner) throw error;
    return { keys: [winner], generated: false };
  } finally {
    await unlink(draft);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
