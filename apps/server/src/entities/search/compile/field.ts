/** Where the values of a field are found. */
export type FieldPlace =
  | { readonly kind: 'id' | 'schema' | 'org' | 'title' }
  | { readonly kind: 'time'; readonly column: 'created_at' | 'updated_at' | 'deleted_at' }
  | { readonly kind: 'relation'; readonly attribute: string }
  | {
      readonly kind: 'document';
      /** The first member of the path, which the schema knows or not. */
      readonly member: string;
      /** SQL/JSON path (lax) to the values: lists anywhere on the way are entered. */
      readonly path: string;
      /** Whether `.keyword` asked for exact, case-sensitive comparison. */
      readonly exact: boolean;
      /** Whether the word index covers these values. */
      readonly indexed: boolean;
    }
  | { readonly kind: 'nowhere' };

const KEYWORD = '.keyword';
const MOST_STEPS = 20;
const LONGEST_FIELD = 500;
/** A column's field cannot have a case-insensitive variant, so `.keyword` makes no difference to it. */
const COLUMNS: Readonly<Record<string, FieldPlace>> = {
  _id: { kind: 'id' },
  _schema: { kind: 'schema' },
  _org: { kind: 'org' },
  _title: { kind: 'title' },
  _created_at: { kind: 'time', column: 'created_at' },
  _updated_at: { kind: 'time', column: 'updated_at' },
  _deleted_at: { kind: 'time', column: 'deleted_at' },
};

/** A search of all attributes asks for dozens of fields, several times, and they are the same for all searches. */
const KNOWN = new Map<string, FieldPlace>();
const MOST_KNOWN = 5_000;

/** Finds the place of a field such as `_id`, `email.email`, `name.keyword` or `contract.$relation.entity_id`. */
export function placeOf(field: string): FieldPlace {
  const known = KNOWN.get(field);
  if (known) return known;
  const place = findPlace(field);
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  if (field.length <= LONGEST_FIELD) KNOWN.set(field, place);
  return place;
}

function findPlace(field: string): FieldPlace {
  const exact = field.endsWith(KEYWORD) && field.length > KEYWORD.length;
  const name = exact ? field.slice(0, -KEYWORD.length) : field;
  if (Object.hasOwn(COLUMNS, name)) return COLUMNS[name] ?? { kind: 'nowhere' };
  const steps = name.split('.');
  const [member = '', second, third] = steps;
  if (steps.length > MOST_STEPS || name.length > LONGEST_FIELD || steps.includes(''))
    return { kind: 'nowhere' };
  if (steps.length === 3 && second === '$relation' && third === 'entity_id') {
    return { kind: 'relation', attribute: member };
  }
  return {
    kind: 'document',
    member,
    path: `$${steps.map((step) => `.${JSON.stringify(step)}`).join('')}[*]`,
    exact,
    indexed: member !== '_changesets' && !steps.includes('$relation'),
  };
}
