import type { Sql } from '../../../storage/index.ts';
import type { Condition, SearchTree } from '../tree.ts';
import { type CompileContext, schemasWith } from './compile-context.ts';
import { beginningAnywhere, type SchemaPath } from './document-condition.ts';
import { placeOf } from './field.ts';

type Beginning = Extract<Condition, { kind: 'begins' }>;

/** Alternatives of which some have been compiled together. */
export interface Alternatives {
  readonly compiled: readonly Sql[];
  readonly others: readonly SearchTree[];
}

/**
 * Compiles together those alternatives that look for the same word in attributes, as a search for a text in all attributes of a schema does. Throws
 * UnknownFieldError where the context asks for it.
 */
export function beginningsTogether(context: CompileContext, clauses: readonly SearchTree[]): Alternatives {
  const isInDocument = (clause: SearchTree): clause is Beginning =>
    clause.kind === 'begins' && placeOf(clause.field).kind === 'document';
  const byWord = Map.groupBy(clauses.filter(isInDocument), ({ word }) => word);
  return {
    compiled: [...byWord].flatMap(([word, beginnings]) => ofOneWord(context, word, beginnings)),
    others: clauses.filter((clause) => !isInDocument(clause)),
  };
}

function ofOneWord(context: CompileContext, word: string, beginnings: readonly Beginning[]): Sql[] {
  const paths: { readonly indexed: SchemaPath[]; readonly others: SchemaPath[] } = {
    indexed: [],
    others: [],
  };
  for (const { field } of beginnings) {
    const place = placeOf(field);
    if (place.kind !== 'document') continue;
    const schemas = schemasWith(context, place.member, field);
    const list = place.indexed && !context.fewCandidates ? paths.indexed : paths.others;
    if (schemas !== undefined) list.push({ path: place.path, schemas });
  }
  return [
    ...(paths.indexed.length > 0 ? [beginningAnywhere(word, paths.indexed, true)] : []),
    ...(paths.others.length > 0 ? [beginningAnywhere(word, paths.others, false)] : []),
  ];
}
