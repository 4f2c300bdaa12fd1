import type { Operation } from '../contract/openapi-document.ts';
import type { Api, Operations } from '../contract/operation-types.ts';
import type { AnyHandler } from '../http/operation-route.ts';

/** What the rooms bring, by API; several rooms may share one API. */
export type OperationSets = { readonly [A in Api]?: readonly Operations<A>[] };

/**
 * Collects the handlers under `<api> <operationId>`. Throws when one names no operation of its contract, or when two claim the same.
 */
export function collectHandlers(
  sets: OperationSets,
  operations: readonly Operation[],
): Map<string, AnyHandler> {
  const known = new Set(operations.map((operation) => `${operation.api} ${operation.operationId}`));
  const handlers = new Map<string, AnyHandler>();
  for (const [api, list] of Object.entries(sets)) {
    for (const [operationId, handler] of list.flatMap((set) => Object.entries(set))) {
      const key = `${api} ${operationId}`;
      if (!known.has(key)) throw new Error(`${key} has a handler but is not in the contract`);
      if (handlers.has(key)) throw new Error(`${key} has two handlers`);
      // The typed signatures end here: what reaches a handler has been validated against the very contract its types come from.
      handlers.set(key, handler as AnyHandler);
    }
  }
  return handlers;
}
