import type { ChangeSource, EntityChange, EntityGraph, WriteResult } from '../../entities/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';

/** Told what became of a wish. */
export type WishSettled = (result: WriteResult) => void;

/**
 * Raised when one of several wishes written together was refused: the ones after it may have counted on it. The transaction is rolled back and
 * its updates are written one by one.
 */
export class WishRefused extends Error {
  readonly code = 'WISH_REFUSED';
  constructor() {
    super('One of several writes was refused');
    this.name = 'WishRefused';
  }
}

/** Collects wishes on entities and writes them together, in order. */
export class EntityWishes {
  readonly #tx: TenantTransaction;
  readonly #graph: EntityGraph;
  #waiting: {
    readonly change: EntityChange;
    readonly source: ChangeSource;
    readonly settled: WishSettled | undefined;
  }[] = [];

  constructor(tx: TenantTransaction, graph: EntityGraph) {
    this.#tx = tx;
    this.#graph = graph;
  }

  get count(): number {
    return this.#waiting.length;
  }

  add(change: EntityChange, source: ChangeSource, settled?: WishSettled): void {
    this.#waiting.push({ change, source, settled });
  }

  /**
   * Writes what is waiting, past edit modes and with array operations (erp-integration.md 8.4). With `together`, a refusal is a `WishRefused`;
   * otherwise it is the result of its own wish.
   */
  async write(together: boolean): Promise<void> {
    const waiting = this.#waiting;
    const [first] = waiting;
    if (!first) return;
    this.#waiting = [];
    const options = { source: first.source, direct: true, arrayOperations: true };
    const results = await this.#graph.write(
      this.#tx,
      waiting.map(({ change, source }) => ({ ...change, source })),
      options,
    );
    if (together && waiting.length > 1 && results.some(({ outcome }) => outcome === 'refused'))
      throw new WishRefused();
    for (const [index, { settled }] of waiting.entries()) {
      const result = results[index];
      if (result) settled?.(result);
    }
  }
}
