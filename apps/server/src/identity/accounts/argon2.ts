import { builtInArgon2 } from './built-in-argon2.ts';

/** OWASP's second set for Argon2id: 19 MiB (in KiB), two passes, one lane. */
export const ARGON2_COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Argon2id off the event loop, in PHC notation: what one implementation writes the other reads. */
export interface Argon2 {
  /** A hash with a salt of its own and {@link ARGON2_COST}. */
  hash(password: string): Promise<string>;
  /** Whether the password fits. Rejects for texts that are no such hash. */
  verify(stored: string, password: string): Promise<boolean>;
}

/**
 * The native module, four times as fast, or Node's own implementation where it has no build for the machine or cannot be loaded.
 * @param load for tests
 */
export async function openArgon2(
  report: (error: unknown) => void,
  load: () => Promise<Pick<typeof import('@node-rs/argon2'), 'hash' | 'verify'>> = () =>
    import('@node-rs/argon2'),
): Promise<Argon2> {
  try {
    const native = await load();
    return {
      hash: (password) => native.hash(password, ARGON2_COST),
      verify: (stored, password) => native.verify(stored, password),
    };
  } catch (cause) {
    report(
      new Error("@node-rs/argon2 cannot be loaded: passwords are hashed by Node's own, slower", { cause }),
    );
    return builtInArgon2(ARGON2_COST);
  }
}
