/** What every node carries: `predicates` are `[...]` behind it, `stages` the ones behind a step inside a path. */
export interface Trimmings {
  readonly position: number;
  readonly predicates: readonly Syntax[];
  readonly stages: readonly Syntax[];
  readonly group: Group | undefined;
  /** The text had `[]` behind the node: a sequence of one stays an array. */
  readonly keepArray: boolean;
}

/** A grouping clause or object constructor: key and value expressions in source order. */
export interface Group {
  readonly pairs: ReadonlyArray<readonly [Syntax, Syntax]>;
  readonly position: number;
}

interface SortTerm {
  readonly descending: boolean;
  readonly expression: Syntax;
}

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '&'
  | '..'
  | 'in'
  | 'and'
  | 'or';

/** The part of JSONata the compiler knows. Everything else has no node here and is left to the reference evaluator. */
export type SyntaxKind =
  | { readonly kind: 'path'; readonly steps: readonly Syntax[]; readonly keepSingleton: boolean }
  | { readonly kind: 'sort'; readonly terms: readonly SortTerm[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'descendant' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'regex'; readonly pattern: RegExp }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Syntax;
      readonly right: Syntax;
    }
  | { readonly kind: 'negate'; readonly operand: Syntax }
  | { readonly kind: 'array'; readonly items: readonly Syntax[]; readonly constructed: boolean }
  | { readonly kind: 'object'; readonly members: Group }
  | {
      readonly kind: 'condition';
      readonly test: Syntax;
      readonly whenTrue: Syntax;
      readonly whenFalse: Syntax | undefined;
    }
  | { readonly kind: 'block'; readonly statements: readonly Syntax[]; readonly constructed: boolean }
  | { readonly kind: 'bind'; readonly name: string; readonly value: Syntax }
  | { readonly kind: 'call'; readonly procedure: Syntax; readonly args: readonly Syntax[] }
  | { readonly kind: 'tail'; readonly call: Syntax }
  | { readonly kind: 'lambda'; readonly parameters: readonly string[]; readonly body: Syntax }
  | { readonly kind: 'apply'; readonly left: Syntax; readonly right: Syntax };

export type Syntax = SyntaxKind & Trimmings;

/** The nodes of one kind. */
export type SyntaxOf<Kind extends SyntaxKind['kind']> = Extract<SyntaxKind, { readonly kind: Kind }> &
  Trimmings;
