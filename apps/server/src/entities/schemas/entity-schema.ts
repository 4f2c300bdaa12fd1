import { isDocument } from '../model/document.ts';
import type { SearchableMembers } from '../words.ts';
import type { AttributeDefinition, SchemaDefinition } from './schema-definition.ts';

/** How a write to an attribute is taken: at once, or parked until an external system or a person confirms it (spec/entities.md §7). */
export type EditMode = 'direct' | 'external' | 'approval';

/** Types whose stored value is a list of objects even without `repeatable`, and the member that carries the value. */
const ITEM_MEMBERS: Readonly<Record<string, string>> = { email: 'email', phone: 'phone' };
const RELATION_TYPES: ReadonlySet<string> = new Set(['relation', 'file', 'image']);
const NEVER_REPEATED: ReadonlySet<string> = new Set([
  ...RELATION_TYPES,
  'relation_address',
  'relation_payment_method',
  'relation_user',
]);
const CURRENCY_COMPANIONS = ['_currency', '_decimal'] as const;
/** Every schema has it, whether it lists it or not (spec/entities.md §3.1). */
const DEFAULT_FILES: AttributeDefinition = {
  name: '_files',
  label: 'Files',
  type: 'file',
  relation_type: 'has_many',
};

/** One version of a schema, prepared for quick questions while entities are read and written. */
export class EntitySchema implements SearchableMembers {
  readonly slug: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly definition: SchemaDefinition;
  readonly titleTemplate: string | undefined;
  /** Attributes whose value the server fills in on create. */
  readonly sequences: readonly AttributeDefinition[];
  readonly defaults: readonly AttributeDefinition[];
  /** Attributes that are rendered on reading and never stored. */
  readonly computed: readonly AttributeDefinition[];
  readonly #attributes: ReadonlyMap<string, AttributeDefinition>;
  readonly #companions: ReadonlyMap<string, string>;

  constructor(definition: SchemaDefinition, version: number, createdAt: Date) {
    this.slug = definition.slug;
    this.version = version;
    this.createdAt = createdAt;
    this.definition = definition;
    this.titleTemplate = definition.title_template || undefined;
    const attributes = definition.attributes;
    this.#attributes = new Map(
      [DEFAULT_FILES, ...attributes].map((attribute) => [attribute.name, attribute]),
    );
    this.sequences = attributes.filter((attribute) => attribute.type === 'sequence');
    this.defaults = attributes.filter(
      (attribute) => attribute.default_value !== undefined && attribute.default_value !== null,
    );
    this.computed = attributes.filter(
      ({ type, value_formatter }) => type === 'computed' && typeof value_formatter === 'string',
    );
    this.#companions = new Map(
      attributes
        .filter((attribute) => attribute.type === 'currency')
        .flatMap(({ name }) => CURRENCY_COMPANIONS.map((suffix): [string, string] => [name + suffix, name])),
    );
  }

  /** The attributes in the schema's order. */
  get attributes(): readonly AttributeDefinition[] {
    return this.definition.attributes;
  }

  attribute(name: string): AttributeDefinition | undefined {
    return this.#attributes.get(name);
  }

  /** The attribute that a member belongs to: itself, or for `x_currency` and `x_decimal` the currency attribute `x`. */
  owningAttribute(member: string): string {
    if (this.#attributes.has(member)) return member;
    return this.#companions.get(member) ?? member;
  }

  /** Whether free text looks at a member: its attribute is known and not excluded from search. */
  isSearchable(member: string): boolean {
    const attribute = this.#attributes.get(this.owningAttribute(member));
    return attribute !== undefined && attribute.exclude_from_search !== true && attribute.type !== 'internal';
  }

  /** Whether the stored value is a list of objects with an `_id` each. */
  isRepeatable(name: string): boolean {
    const attribute = this.#attributes.get(name);
    if (!attribute || NEVER_REPEATED.has(attribute.type)) return false;
    return attribute.repeatable === true || attribute.type in ITEM_MEMBERS || attribute.type === 'payment';
  }

  /** The member of a repeatable's items that carries the value: `email`, `phone` or `value`. */
  itemMember(name: string): string {
    const attribute = this.#attributes.get(name);
    return (attribute && ITEM_MEMBERS[attribute.type]) ?? 'value';
  }

  isRelation(name: string): boolean {
    const attribute = this.#attributes.get(name);
    return attribute !== undefined && RELATION_TYPES.has(attribute.type);
  }

  /** The label of an attribute group (`group_settings`). */
  groupLabel(id: string): string | undefined {
    const groups = this.definition['group_settings'];
    const found = Array.isArray(groups)
      ? groups.find((group: unknown) => isDocument(group) && group['id'] === id)
      : undefined;
    return isDocument(found) && typeof found['label'] === 'string' ? found['label'] : undefined;
  }

  editMode(name: string): EditMode {
    const mode = this.#attributes.get(this.owningAttribute(name))?.edit_mode;
    return mode === 'external' || mode === 'approval' ? mode : 'direct';
  }
}

/**
 * The attribute on the other side that points back, when `attribute` of `from` refers to an entity of `to`. Either side may declare the
 * pair in `reverse_attributes`; a name that the other schema does not have makes no pair.
 */
export function reverseAttribute(
  from: EntitySchema,
  attribute: string,
  to: EntitySchema,
): string | undefined {
  const declared = from.attribute(attribute)?.reverse_attributes?.[to.slug];
  if (declared !== undefined) return to.attribute(attributeName(declared, to.slug))?.name;
  return to.attributes.find((candidate) => {
    const back = candidate.reverse_attributes?.[from.slug];
    return back !== undefined && attributeName(back, from.slug) === attribute;
  })?.name;
}

/** The contract's examples write both `account` and `contact.account`. */
function attributeName(declared: string, slug: string): string {
  return declared.startsWith(`${slug}.`) ? declared.slice(slug.length + 1) : declared;
}
