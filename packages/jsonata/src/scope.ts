/**
 * What an expression sees: `$$` is `root`; `$` and bare names are `item` (the root when absent); `bindings` are `$name`
 * variables holding JSON. Everything is treated as frozen: results may share structure with it.
 */
export interface Scope {
  readonly root: unknown;
  readonly item?: unknown;
  readonly bindings?: Readonly<Record<string, unknown>>;
}
