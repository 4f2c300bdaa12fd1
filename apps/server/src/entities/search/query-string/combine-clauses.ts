import { allOf, anyOf, notOf, type SearchTree } from '../tree.ts';

/** How a clause is tied to the one before it; the first one has `start`. */
export type Operator = 'start' | 'blank' | 'and' | 'or';

/** A clause with what was written before it: `+` requires, `-` prohibits, `NOT` and `!` negate. */
export interface Clause {
  readonly tree: SearchTree;
  readonly mark: 'plain' | 'required' | 'prohibited' | 'negated';
  readonly operator: Operator;
}

/**
 * Puts the clauses of one level together: NOT binds tighter than AND, AND tighter than OR. As in Lucene, required clauses make optional ones
 * irrelevant to whether an entity is found, and prohibited ones are taken away from the rest. `NOT` beside a written OR is a plain negation;
 * beside a blank it prohibits, so that `a NOT b` means what it says.
 */
export function combineClauses(clauses: readonly Clause[], blank: 'AND' | 'OR'): SearchTree {
  const groups: Clause[][] = [];
  for (const clause of clauses) {
    const joins = clause.operator === 'and' || (clause.operator === 'blank' && blank === 'AND');
    const last = groups.at(-1);
    if (joins && last) last.push(clause);
    else groups.push([clause]);
  }
  const required: SearchTree[] = [];
  const prohibited: SearchTree[] = [];
  const optional: SearchTree[] = [];
  groups.forEach((group, at) => {
    const [first, ...others] = group;
    if (!first) return;
    if (others.length > 0) {
      optional.push(allOf(group.map(plainMeaning)));
      return;
    }
    const besideOr = first.operator === 'or' || groups[at + 1]?.[0]?.operator === 'or';
    if (first.mark === 'required') required.push(first.tree);
    else if (first.mark === 'prohibited' || (first.mark === 'negated' && !besideOr))
      prohibited.push(notOf(first.tree));
    else optional.push(plainMeaning(first));
  });
  if (required.length > 0) return allOf([...required, ...prohibited]);
  if (optional.length > 0) return allOf([anyOf(optional), ...prohibited]);
  return allOf(prohibited);
}

function plainMeaning(clause: Clause): SearchTree {
  return clause.mark === 'prohibited' || clause.mark === 'negated' ? notOf(clause.tree) : clause.tree;
}
