import type { EntitySchema } from '../../../entities/index.ts';
import { allOf, anyOf, type SearchTree } from '../../../entities/search/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import { type ReadableField, readableField } from './readable-field.ts';

const LONGEST_QUERY = 256;
/** Attribute types whose values a person reads as text, and the members that carry it. */
const TEXT_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  string: [],
  text: [],
  select: [],
  radio: [],
  status: [],
  sequence: [],
  number: [],
  date: [],
  tags: [],
  multiselect: [],
  email: ['email'],
  phone: ['phone'],
  address: ['street', 'street_number', 'postal_code', 'city'],
};

/** The words of a search text: runs of letters and digits, lower case, each once; nothing of the query language counts. */
export function queryWords(q: string | undefined): string[] {
  const words =
    (q ?? '')
      .slice(0, LONGEST_QUERY)
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const once = [...new Set(words)];
  // A word that begins another one is found wherever that one is.
  return once.filter((word) => !once.some((other) => other !== word && other.startsWith(word)));
}

/** A field that its user may look into. */
export type SearchedField = Extract<ReadableField, { kind: 'readable' }>;

/** Fields of a schema that a text is looked for in; `wanted` are the request's `q_fields`. Invisible and unknown ones are left out. */
export function searchedFields(
  access: PortalAccess,
  slug: string,
  wanted: readonly string[] | undefined,
): SearchedField[] {
  const schema = access.schemas.find(slug);
  const fields = wanted && wanted.length > 0 ? wanted : schema ? textFields(schema) : [];
  return fields
    .map((field) => readableField(access, slug, field))
    .filter((field): field is SearchedField => field.kind === 'readable');
}

/** Every word begins a word of one of the fields, whatever the accents (spec/portal.md §5.5). No words are no condition, no fields find nothing. */
export function wordsTree(words: readonly string[], fields: readonly SearchedField[]): SearchTree {
  return allOf(
    words.map((word) => anyOf(fields.map(({ where }) => where((field) => beginsWith(field, word))))),
  );
}

function beginsWith(field: string, word: string): SearchTree {
  return { kind: 'begins', field, word };
}

function textFields(schema: EntitySchema): string[] {
  const own = schema.attributes.flatMap(({ name, type }) => {
    const members = TEXT_MEMBERS[type];
    if (!members || !schema.isSearchable(name)) return [];
    if (members.length > 0) return members.map((member) => `${name}.${member}`);
    return [schema.isRepeatable(name) ? `${name}.${schema.itemMember(name)}` : name];
  });
  return ['_title', ...own];
}
