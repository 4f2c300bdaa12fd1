import { join, type Sql, sql } from '../../../storage/index.ts';
import type { Condition, SearchTree } from '../tree.ts';
import { beginningsTogether } from './beginnings.ts';
import {
  hasId,
  identifierCondition,
  relationCondition,
  timeCondition,
  titleCondition,
} from './column-condition.ts';
import { type CompileContext, knownMember } from './compile-context.ts';
import { documentCondition } from './document-condition.ts';
import { placeOf } from './field.ts';
import { freePattern, freeWords } from './free-text.ts';

/**
 * Turns a tree into an SQL condition on the row `e` of `searchable_entity`. Every value of the tree becomes a bound parameter, and no value
 * makes the statement fail. Throws UnknownFieldError where the context asks for it.
 */
export function compileTree(context: CompileContext, tree: SearchTree): Sql {
  switch (tree.kind) {
    case 'all':
      return sql`true`;
    case 'none':
      return sql`false`;
    case 'and':
      return sql`(${join(
        tree.clauses.map((clause) => compileTree(context, clause)),
        ' and ',
      )})`;
    case 'or':
      return someClause(context, tree.clauses);
    case 'not':
      // A comparison with a missing column is neither true nor false; for a search it does not hold, so its negation does.
      return sql`not coalesce(${compileTree(context, tree.clause)}, false)`;
    case 'related':
      return relatedFulfils(context, tree.attribute, tree.clause);
    default:
      return compileCondition(context, tree);
  }
}

function someClause(context: CompileContext, clauses: readonly SearchTree[]): Sql {
  const { compiled, others } = beginningsTogether(context, clauses);
  const alternatives = [...others.map((clause) => compileTree(context, clause)), ...compiled];
  return alternatives.length === 0 ? sql`false` : sql`(${join(alternatives, ' or ')})`;
}

/** The inner `e` is the related entity. */
function relatedFulfils(context: CompileContext, attribute: string, clause: SearchTree): Sql {
  const inner = compileTree({ ...context, fewCandidates: true }, clause);
  return sql`exists (
    select 1 from entity_edge g
     where g.org_id = ${context.org} and g.from_id = e.id and g.attribute = ${attribute} and exists (
       select 1 from searchable_entity e
        where e.org_id = ${context.org} and e.id = g.to_id and e.deleted_at is null and ${inner}))`;
}

function compileCondition(context: CompileContext, condition: Condition): Sql {
  if (condition.kind === 'ids') return hasId(condition.values);
  if (condition.kind === 'words' && condition.field === undefined) return freeWords(context, condition.text);
  if (condition.kind === 'pattern' && condition.field === undefined)
    return freePattern(context, condition.pieces);
  const { field = '' } = condition;
  const place = placeOf(field);
  switch (place.kind) {
    case 'id':
    case 'schema':
    case 'org':
      return identifierCondition(condition, place.kind);
    case 'title':
      return titleCondition(context, condition);
    case 'time':
      return timeCondition(condition, place);
    case 'relation': {
      const known = knownMember(context, place.attribute, field);
      return known ? sql`(${known}${relationCondition(context, condition, place.attribute)})` : sql`false`;
    }
    case 'document': {
      const known = knownMember(context, place.member, field);
      return known
        ? sql`(${known}${documentCondition(condition, context.fewCandidates ? { ...place, indexed: false } : place)})`
        : sql`false`;
    }
    case 'nowhere':
      return sql`false`;
  }
}
