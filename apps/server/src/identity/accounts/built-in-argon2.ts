import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Argon2 } from './argon2.ts';

const derive = promisify(argon2);

interface Cost {
  /** KiB. */
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** PHC notation of Argon2id, version 1.3. */
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Argon2id by `node:crypto`. The format is the one of `@node-rs/argon2`. */
export function builtInArgon2(cost: Cost): Argon2 {
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      const hash = await compute(password, salt, cost, HASH_BYTES);
      const { memoryCost, timeCost, parallelism } = cost;
      return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`;
    },
    async verify(stored, password) {
      const [, memory, time, lanes, salt, hash] = PHC.exec(stored) ?? [];
      if (!memory || !time || !lanes || !salt || !hash)
        throw new Error('Not an Argon2id hash in PHC notation');
      const expected = Buffer.from(hash, 'base64');
      const stated = { memoryCost: Number(memory), timeCost: Number(time), parallelism: Number(lanes) };
      const found = await compute(password, Buffer.from(salt, 'base64'), stated, expected.length);
      return timingSafeEqual(found, expected);
    },
  };
}

function compute(password: string, salt: Buffer, cost: Cost, length: number): Promise<Buffer> {
  return derive('argon2id', {
    message: Buffer.from(password),
    nonce: salt,
    memory: cost.memoryCost,
    passes: cost.timeCost,
    parallelism: cost.parallelism,
    tagLength: length,
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
