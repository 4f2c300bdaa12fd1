import { join, type Sql, sql } from '../../storage/index.ts';
import type { CompileContext } from './compile/compile-context.ts';
import { compileTree } from './compile/compile-tree.ts';
import type { Condition, SearchTree } from './tree.ts';

const MOST_SCORED = 20;
const TITLE_WEIGHT = 2;

/**
 * How well an entity fits, as an SQL number: one point, and for each free word or pattern that it matches another one, or three where the
 * title matches. Conditions on fields decide whether an entity is found; they do not rank. Undefined where every entity would score the same.
 */
export function scoreOf(context: CompileContext, tree: SearchTree): Sql | undefined {
  const scored = freeConditions(tree).slice(0, MOST_SCORED);
  if (scored.length === 0) return undefined;
  const perRow: CompileContext = { ...context, fewCandidates: true };
  const points = scored.flatMap((condition) => [
    sql`(case when ${compileTree(perRow, condition)} then 1 else 0 end)`,
    sql`(case when ${compileTree(perRow, { ...condition, field: '_title' })} then ${String(TITLE_WEIGHT)}::int else 0 end)`,
  ]);
  return sql`(1 + ${join(points, ' + ')})`;
}

/** The conditions on free text that speak for an entity; negated ones do not. */
function freeConditions(tree: SearchTree): Extract<Condition, { kind: 'words' | 'pattern' }>[] {
  switch (tree.kind) {
    case 'and':
    case 'or':
      return tree.clauses.flatMap(freeConditions);
    case 'words':
    case 'pattern':
      return tree.field === undefined ? [tree] : [];
    default:
      return [];
  }
}
