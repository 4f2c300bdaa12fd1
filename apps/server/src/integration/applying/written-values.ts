import { type Document, isDocument } from '../../entities/index.ts';

/** Stands for values that cannot be told in advance: array operations, objects. */
const ANY = '*';

/**
 * Which values writes that are not stored yet give to the attributes that lookups ask for. It answers whether an earlier lookup may have become
 * wrong, rather too often than too rarely.
 */
export class WrittenValues {
  /** Names of attributes by schema: the others need not be remembered, for nobody will ask. */
  readonly #watched = new Map<string, Set<string>>();
  /** Entities by schema and attribute, then by value. */
  readonly #byAttribute = new Map<string, Map<string, Set<string>>>();
  /** Values by entity and attribute. */
  readonly #byEntity = new Map<string, Map<string, ReadonlySet<string>>>();
  readonly #gone = new Set<string>();

  /** Prepares for questions about an attribute (a name or a dotted path). To be called before writes that may change their answers. */
  watch(schema: string, attribute: string): void {
    const names = this.#watched.get(schema) ?? new Set();
    this.#watched.set(schema, names.add(topLevel(attribute)));
  }

  /** Notes that an entity will have these attributes. */
  write(schema: string, id: string, attributes: Document): void {
    const watched = this.#watched.get(schema);
    if (!watched) return;
    const own = this.#byEntity.get(id) ?? new Map<string, ReadonlySet<string>>();
    this.#byEntity.set(id, own);
    for (const attribute of watched) {
      if (!Object.hasOwn(attributes, attribute)) continue;
      const texts = new Set(textsOf(attributes[attribute]));
      own.set(attribute, texts);
      const place = `${schema} ${attribute}`;
      const byValue = this.#byAttribute.get(place) ?? new Map<string, Set<string>>();
      this.#byAttribute.set(place, byValue);
      for (const text of texts) byValue.set(text, (byValue.get(text) ?? new Set()).add(id));
    }
  }

  /** Notes that an entity will be deleted. */
  remove(id: string): void {
    this.#gone.add(id);
  }

  /** Whether the entities that were found with a value at an attribute (a name or a dotted path) may be others by now. */
  mayChange(schema: string, attribute: string, value: string, found: readonly string[]): boolean {
    if (found.some((id) => this.#gone.has(id))) return true;
    const [name = attribute, ...deeper] = attribute.split('.');
    const byValue = this.#byAttribute.get(`${schema} ${name}`);
    if (!byValue) return false;
    const writers =
      deeper.length > 0
        ? [...byValue.values()]
        : [byValue.get(value), byValue.get(ANY)].filter((set) => set !== undefined);
    if (writers.some((ids) => [...ids].some((id) => !found.includes(id)))) return true;
    return found.some((id) => {
      const texts = this.#byEntity.get(id)?.get(name);
      return texts !== undefined && (deeper.length > 0 || !texts.has(value));
    });
  }

  /** Forgets the writes, for they are stored. What is watched stays watched. */
  clear(): void {
    this.#byAttribute.clear();
    this.#byEntity.clear();
    this.#gone.clear();
  }
}

function topLevel(attribute: string): string {
  const [name = attribute] = attribute.split('.');
  return name;
}

/** The texts a value may be found by: itself, the items of a list, their members. */
function textsOf(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value))
    return value.flatMap((item) => (isDocument(item) ? memberTexts(item) : textsOf(item)));
  return isDocument(value) ? [ANY] : [String(value)];
}

function memberTexts(item: Document): string[] {
  return Object.values(item).flatMap((member) => (typeof member === 'object' ? [ANY] : [String(member)]));
}
