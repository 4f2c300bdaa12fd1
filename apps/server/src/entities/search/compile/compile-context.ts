import { empty, type Sql, sql } from '../../../storage/index.ts';
import { arrayLiteral } from './value-sql.ts';

/** What the compilation of a tree needs to know besides the tree. The entity in question has the alias `e` in the statement. */
export interface CompileContext {
  readonly org: string;
  /**
   * The slugs of the schemas that define a top-level member, or `all`. Members that no schema defines cannot be searched
   * (spec/entities.md §1). Without this function every member may be.
   */
  readonly schemasKnowing?: (member: string) => readonly string[] | 'all';
  /** Whether a field that no schema knows is an error instead of matching nothing. */
  readonly refuseUnknownFields?: boolean;
  /** Whether the entities in question are few, so that each is looked at instead of asking the word index of the whole organisation. */
  readonly fewCandidates: boolean;
}

/** A field that no schema knows, where the caller asked for strictness; callers answer 400. */
export class UnknownFieldError extends Error {
  readonly field: string;

  constructor(field: string) {
    super(`No schema has the field ${field}`);
    this.name = 'UnknownFieldError';
    this.field = field;
  }
}

/** Restricts a condition on a member to the schemas that know it; undefined when none does. */
export function knownMember(context: CompileContext, member: string, field: string): Sql | undefined {
  const schemas = schemasWith(context, member, field);
  if (schemas === undefined) return undefined;
  return schemas === 'all' ? empty : sql`e.schema = any(${arrayLiteral(schemas)}::text::text[]) and `;
}

/** The schemas that know a member; undefined when none does. Throws UnknownFieldError where the context asks for it. */
export function schemasWith(
  context: CompileContext,
  member: string,
  field: string,
): readonly string[] | 'all' | undefined {
  const schemas = member.startsWith('_') ? 'all' : (context.schemasKnowing?.(member) ?? 'all');
  if (schemas === 'all' || schemas.length > 0) return schemas;
  if (context.refuseUnknownFields) throw new UnknownFieldError(field);
  return undefined;
}

/**
 * The column `words` of the row with an alias. For few candidates it is wrapped so that the word index cannot be used: the planner does not
 * know how common a word is, and reading a common one costs what the organisation has.
 */
export function wordsOf(context: CompileContext, alias: 'e' | 't'): Sql {
  const column = alias === 'e' ? sql`e.words` : sql`t.words`;
  return context.fewCandidates ? sql`coalesce(${column}, ''::tsvector)` : column;
}
