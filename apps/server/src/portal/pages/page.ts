import { asObject, type JsonObject } from '../../contract/json-object.ts';

/** A page as it is stored, in the contract's form (portal §3.5); blocks by id. */
export interface Page extends JsonObject {
  readonly id: string;
  readonly slug: string;
  readonly order: number;
  /** Former slugs, kept by the server. */
  readonly past_routes: readonly string[];
  readonly blocks: { readonly [id: string]: JsonObject };
}

/** The blocks of a page in whatever form it comes, by id. */
export function blocksOf(page: JsonObject): { [id: string]: JsonObject } {
  return Object.fromEntries(
    Object.entries(asObject(page['blocks'])).map(([id, block]) => [id, asObject(block)]),
  );
}

/** Blocks in the order they are shown: by `order`, then id. */
export function orderedBlocks(page: JsonObject): JsonObject[] {
  return Object.values(blocksOf(page)).sort(
    (one, other) =>
      Number(one['order']) - Number(other['order']) || (String(one['id']) < String(other['id']) ? -1 : 1),
  );
}

/** Pages in the order they are shown: by `order`, then slug. */
export function orderedPages<One extends JsonObject>(pages: readonly One[]): One[] {
  return [...pages].sort(
    (one, other) =>
      Number(one['order']) - Number(other['order']) || (String(one['slug']) < String(other['slug']) ? -1 : 1),
  );
}
