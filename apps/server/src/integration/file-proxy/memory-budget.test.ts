import { describe, expect, it } from 'vitest';
import { MemoryBudget } from './memory-budget.ts';

describe('the memory of downloads', () => {
  it('is shared by all of them, and free again when they end', () => {
    const budget = new MemoryBudget(100);
    const [first, second] = [budget.open(), budget.open()];
    first.take(60);
    second.take(40);
    expect(() => second.take(1)).toThrow(expect.objectContaining({ status: 503, code: 'FILE_PROXY_BUSY' }));
    first.release();
    first.release();
    second.take(60);
    expect(() => first.take(1)).toThrow('Too many');
  });
});
