import type { TenantQueries } from '../../storage/index.ts';

/** An entity as clients see it (`_id`, `_schema`, attributes). */
export type WireEntity = Readonly<Record<string, unknown>> & {
  readonly _id: string;
  readonly _schema: string;
};

/** What the event domain asks the entity graph; the composition root answers with the entity domain's functions. */
export interface EntityGraph {
  /** Loads entities; those that do not exist, or lie in the recycle bin, are left out. */
  load(tenant: TenantQueries, ids: readonly string[]): Promise<readonly WireEntity[]>;
  /** The entities of some schemas related to any of `ids`, in either direction, each once, in a stable order. */
  neighbours(
    tenant: TenantQueries,
    ids: readonly string[],
    schemas: readonly string[],
  ): Promise<readonly WireEntity[]>;
}
