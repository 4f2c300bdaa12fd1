import * as native from '@node-rs/argon2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ARGON2_COST, openArgon2 } from './argon2.ts';
import { builtInArgon2 } from './built-in-argon2.ts';

const fails = () => Promise.reject(new Error('no build for this machine'));

describe('Argon2id', () => {
  it('is computed by Node where the native module cannot be loaded, and somebody hears of it', async () => {
    const heard: unknown[] = [];
    const argon2 = await openArgon2((error) => heard.push(error), fails);
    expect(heard).toHaveLength(1);
    const stored = await argon2.hash('Pa55word!');
    expect(await argon2.verify(stored, 'Pa55word!')).toBe(true);
    expect(await argon2.verify(stored, 'Pa55word?')).toBe(false);
    await expect(argon2.verify('plain text', 'Pa55word!')).rejects.toThrow('PHC');
  });

  it('means the same in both implementations', async () => {
    const own = builtInArgon2(ARGON2_COST);
    const passwords = fc.string({ unit: 'grapheme', maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(passwords, passwords, async (password, other) => {
        const theirs = await native.hash(password, ARGON2_COST);
        const ours = await own.hash(password);
        expect(ours.split('$').slice(0, 4)).toEqual(theirs.split('$').slice(0, 4));
        expect(ours).toHaveLength(theirs.length);
        expect(await own.verify(theirs, password)).toBe(true);
        expect(await native.verify(ours, password)).toBe(true);
        expect(await own.verify(theirs, `${other}x`)).toBe(`${other}x` === password);
      }),
      { numRuns: 8 },
    );
  });

  it('reads hashes of other costs and lengths', async () => {
    const own = builtInArgon2(ARGON2_COST);
    const stored = await native.hash('Pa55word!', {
      memoryCost: 8_192,
      timeCost: 3,
      parallelism: 2,
      outputLen: 24,
    });
    expect(await own.verify(stored, 'Pa55word!')).toBe(true);
    expect(await own.verify(stored, 'Pa55word')).toBe(false);
  });
});
