/** The syntax tree of a JSONPath query; the names are those of RFC 9535. */
export interface PathQuery {
  readonly segments: readonly PathSegment[];
}

export interface PathSegment {
  readonly descendant: boolean;
  readonly selectors: readonly PathSelector[];
}

export type PathSelector =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'wildcard' }
  | SliceSelector
  | { readonly kind: 'filter'; readonly condition: Condition };

export interface SliceSelector {
  readonly kind: 'slice';
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly step: number;
}

/** A logical expression of a filter (RFC 9535 §2.3.5). */
export type Condition =
  | { readonly kind: 'or' | 'and'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'exists'; readonly query: FilterQuery }
  | {
      readonly kind: 'match' | 'search';
      readonly text: Comparable;
      readonly pattern: Comparable;
    }
  | {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Comparable;
      readonly right: Comparable;
    };

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A query inside a filter: from the document (`$`) or from the node under test (`@`). */
export interface FilterQuery {
  readonly from: 'document' | 'node';
  readonly query: PathQuery;
}

export type Comparable =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'query'; readonly query: FilterQuery }
  | { readonly kind: 'length'; readonly of: Comparable }
  | { readonly kind: 'count' | 'value'; readonly query: FilterQuery };

/** Whether a query can name one node at most: names and single indexes only (RFC 9535 §2.3.5.1, singular query). */
export function isSingular(query: PathQuery): boolean {
  return query.segments.every(
    ({ descendant, selectors }) =>
      !descendant &&
      selectors.length === 1 &&
      (selectors[0]?.kind === 'name' || selectors[0]?.kind === 'index'),
  );
}
