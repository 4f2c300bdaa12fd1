import { empty, type Sql, sql } from '../../../storage/index.ts';
import type { PatternPiece } from '../tree.ts';
import { type CompileContext, wordsOf } from './compile-context.ts';
import { likePattern, lowerCased } from './like-pattern.ts';
import { scalarsAt, spacedWords, TEXT } from './value-sql.ts';
import { tsquery, type WantedWord, wantedWords, wantedWordsOfPattern } from './word-query.ts';

/**
 * A text without a field: its words, one after another, in the title, the tags or any searchable attribute, or in the title of an entity that
 * this one refers to. Words of hidden members do not count.
 */
export function freeWords(context: CompileContext, text: string): Sql {
  const wanted = wantedWords(text);
  if (wanted.length === 0) return sql`false`;
  const query = tsquery(wanted, false);
  const phrase = `% ${wanted.map((word) => word.word).join(' ')} %`;
  const inOrder = wanted.length === 1 ? empty : sql` and ${containsPhrase(phrase)}`;
  return ownOrRelated(
    context,
    sql`${wordsOf(context, 'e')} @@ ${query}::tsquery${inOrder}`,
    sql`${wordsOf(context, 't')} @@ ${query}::tsquery and ${spacedWords(sql`t.title`)} like ${phrase}`,
  );
}

/** A wildcard pattern without a field: a word of the entity, or of a related title, that looks like it. */
export function freePattern(context: CompileContext, pieces: readonly PatternPiece[]): Sql {
  const wanted = wantedWordsOfPattern(pieces);
  const like = likePattern(lowerCased(pieces));
  const looksLike = sql`exists (select 1 from unnest(e.words) w where w.lexeme like ${like} and w.lexeme not like '~%')`;
  if (wanted.length === 0) return looksLike;
  const query = tsquery(wanted, false);
  const own = isWordPrefix(pieces, wanted) ? empty : sql` and ${looksLike}`;
  return ownOrRelated(
    context,
    sql`${wordsOf(context, 'e')} @@ ${query}::tsquery${own}`,
    sql`${wordsOf(context, 't')} @@ ${query}::tsquery and exists (
      select 1 from regexp_split_to_table(${spacedWords(sql`t.title`)}, ' ') w where w like ${like})`,
  );
}

/** Whether the pattern is one word followed by `*`: then the index alone decides. */
function isWordPrefix(pieces: readonly PatternPiece[], wanted: readonly WantedWord[]): boolean {
  const [first, second] = pieces;
  if (pieces.length !== 2 || !first || !second || !('literal' in first) || !('wildcard' in second))
    return false;
  return second.wildcard === 'many' && wanted.length === 1 && wanted[0]?.word === first.literal.toLowerCase();
}

function containsPhrase(phrase: string): Sql {
  const texts = scalarsAt(sql`e.doc - '_changesets'`, '$.**');
  return sql`(${spacedWords(sql`e.title`)} like ${phrase}
    or exists (select 1 from ${texts} where ${spacedWords(TEXT)} like ${phrase}))`;
}

/**
 * As a list of ids the two ways to match can both be answered by the word index; for few candidates it is cheaper to look at each. The lists
 * are subselects of their own: joined with the edges, which row-level security guards, the word index could not be used. `offset 0` keeps
 * the planner from reading all edges of the organisation into a hash table first.
 */
function ownOrRelated(context: CompileContext, own: Sql, relatedTitle: Sql): Sql {
  const targets = sql`select t.id from searchable_entity t
    where t.org_id = ${context.org} and t.deleted_at is null and ${relatedTitle}`;
  if (context.fewCandidates) {
    return sql`(${own} or exists (select 1 from entity_edge g join lateral (${targets} and t.id = g.to_id) target on true
      where g.org_id = ${context.org} and g.from_id = e.id offset 0))`;
  }
  return sql`e.id = any(array(
    select e.id from searchable_entity e where e.org_id = ${context.org} and ${own}
    union
    select g.from_id from entity_edge g where g.org_id = ${context.org} and g.to_id = any(array(${targets}))))`;
}
