import { describe, expect, it } from 'vitest';
import { SharedReads } from './shared-reads.ts';

/** A question whose answer is what was stored when its read began; each read ends when the test says so. */
function question() {
  const stored = { value: 'first' };
  const ends: (() => void)[] = [];
  const read = async () => {
    const { value } = stored;
    const { promise, resolve } = Promise.withResolvers<void>();
    ends.push(resolve);
    await promise;
    return value;
  };
  return { stored, read, ends };
}

describe('shared reads', () => {
  it('answer nobody with what was read before they asked', async () => {
    const { stored, read, ends } = question();
    const reads = new SharedReads<string>();
    const early = reads.ask('k', read);
    stored.value = 'second';
    const late = [reads.ask('k', read), reads.ask('k', read)];
    ends.shift()?.();
    expect(await early).toBe('first');
    expect(ends).toHaveLength(1);
    ends.shift()?.();
    expect(await Promise.all(late)).toEqual(['second', 'second']);
    stored.value = 'third';
    const last = reads.ask('k', read);
    ends.shift()?.();
    expect(await last).toBe('third');
  });

  it('keep questions apart, and go on after an error', async () => {
    const { read, ends } = question();
    const reads = new SharedReads<string>();
    const failing = reads.ask('k', async () => Promise.reject(new Error('lost')));
    const next = reads.ask('k', read);
    const other = reads.ask('other', async () => 'other');
    await expect(failing).rejects.toThrow('lost');
    expect(await other).toBe('other');
    ends.shift()?.();
    expect(await next).toBe('first');
  });
});
