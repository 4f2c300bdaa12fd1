import type { EntityGraph, WriteOptions } from '../../entities/index.ts';

/** What it takes to write orders. */
export interface OrderWriting {
  readonly graph: EntityGraph;
  readonly options: WriteOptions;
  /** The instant of the request (UTC). */
  readonly now: Date;
}
