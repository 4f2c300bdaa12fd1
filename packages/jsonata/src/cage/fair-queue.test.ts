import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const everyone = (): boolean => true;

describe('the fair queue', () => {
  it('serves tenants in turns, however much one of them has', () => {
    const queue = new FairQueue<number>();
    for (let work = 0; work < 5; work += 1) queue.push('busy', work);
    queue.push('quiet', 100);
    const turns = [queue.take(2, everyone), queue.take(2, everyone), queue.take(2, everyone)];
    expect(turns).toEqual([
      { tenant: 'busy', works: [0, 1] },
      { tenant: 'quiet', works: [100] },
      { tenant: 'busy', works: [2, 3] },
    ]);
    expect(queue.size).toBe(1);
  });

  it('passes over tenants that may not run', () => {
    const queue = new FairQueue<number>();
    queue.push('a', 1);
    queue.push('b', 2);
    expect(queue.take(9, (tenant) => tenant !== 'a')).toEqual({ tenant: 'b', works: [2] });
    expect(queue.hasWork((tenant) => tenant !== 'a')).toBe(false);
    expect(queue.take(9, (tenant) => tenant !== 'a')).toBeUndefined();
  });

  it('puts unfinished work before the rest', () => {
    const queue = new FairQueue<number>();
    for (const work of [1, 2, 3]) queue.push('a', work);
    queue.take(2, everyone);
    queue.putBack('a', [2]);
    expect(queue.take(9, everyone)).toEqual({ tenant: 'a', works: [2, 3] });
  });

  it('drains one tenant or all', () => {
    const queue = new FairQueue<number>();
    queue.push('a', 1);
    queue.push('b', 2);
    queue.push('b', 3);
    expect(queue.drain('a')).toEqual([1]);
    expect([queue.sizeOf('a'), queue.sizeOf('b'), queue.size]).toEqual([0, 2, 2]);
    expect(queue.drainAll()).toEqual([2, 3]);
    expect(queue.size).toBe(0);
  });
});
