/** A value that a structured filter compares with. */
export type FilterValue = string | number | boolean;

/** A piece of a wildcard pattern: literal text, `*` (any run of characters) or `?` (exactly one). */
export type PatternPiece = { readonly literal: string } | { readonly wildcard: 'many' | 'one' };

/** One end of a range. `text` is as written: a number, a date or a word. */
export interface RangeBound {
  readonly value: FilterValue;
  readonly inclusive: boolean;
}

/** What one field, or without `field` the free text of an entity, must fulfil. */
export type Condition =
  | { readonly kind: 'words'; readonly field?: string; readonly text: string }
  | { readonly kind: 'pattern'; readonly field?: string; readonly pieces: readonly PatternPiece[] }
  /** Some word begins like this one, whatever their cases and accents. */
  | { readonly kind: 'begins'; readonly field: string; readonly word: string }
  | { readonly kind: 'equal'; readonly field: string; readonly values: readonly FilterValue[] }
  | {
      readonly kind: 'range';
      readonly field: string;
      readonly from?: RangeBound;
      readonly to?: RangeBound;
      /** UTC offset or IANA name that dates without one are read in; UTC when it is missing. */
      readonly timeZone?: string;
    }
  | { readonly kind: 'exists'; readonly field: string }
  | { readonly kind: 'ids'; readonly values: readonly string[] };

/** What an entity must fulfil to be found: the one form that query strings and structured filters are turned into. */
export type SearchTree =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'and' | 'or'; readonly clauses: readonly SearchTree[] }
  | { readonly kind: 'not'; readonly clause: SearchTree }
  /** An entity that this one refers to through the attribute fulfils the clause; deleted ones do not count. */
  | { readonly kind: 'related'; readonly attribute: string; readonly clause: SearchTree }
  | Condition;

export const ALL: SearchTree = { kind: 'all' };
export const NONE: SearchTree = { kind: 'none' };

/** Every clause must hold; none at all is everything. */
export function allOf(clauses: readonly SearchTree[]): SearchTree {
  const [only] = clauses;
  if (only === undefined) return ALL;
  return clauses.length === 1 ? only : { kind: 'and', clauses };
}

/** One clause must hold; none at all is nothing. */
export function anyOf(clauses: readonly SearchTree[]): SearchTree {
  const [only] = clauses;
  if (only === undefined) return NONE;
  return clauses.length === 1 ? only : { kind: 'or', clauses };
}

/** The clause must not hold. */
export function notOf(clause: SearchTree): SearchTree {
  return { kind: 'not', clause };
}
