import { randomBytes } from 'node:crypto';
import { type Document, isDocument } from '../model/document.ts';
import { canonicalJson } from '../model/json-equality.ts';
import type { EntitySchema } from '../schemas/entity-schema.ts';

const ITEM_ID: ReadonlySet<string> = new Set(['_id']);

/**
 * Gives the items of a repeatable attribute their `_id`s (spec/entities.md §2.1): an item that has one keeps it, one that equals a stored
 * item in everything else takes over the stored `_id`, any other gets a new one of 10 URL-safe characters. Bare values are wrapped
 * (`"a@b.de"` becomes `{ email: "a@b.de" }`). A value that is no list is stored as a list of one.
 */
export function withItemIds(
  schema: EntitySchema,
  attribute: string,
  value: unknown,
  stored: unknown,
): Document[] {
  const free = new StoredItems(stored);
  const items = (Array.isArray(value) ? value : [value]).filter((item) => item !== null);
  const wrapped = items.map(
    (item): Document => (isDocument(item) ? item : { [schema.itemMember(attribute)]: item }),
  );
  for (const item of wrapped) free.reserve(item['_id']);
  return wrapped.map((item) =>
    typeof item['_id'] === 'string' ? item : { _id: free.take(item) ?? newItemId(), ...item },
  );
}

/** 10 URL-safe characters, 60 bits of chance. */
export function newItemId(): string {
  return randomBytes(8).toString('base64url').slice(0, 10);
}

/** The `_id`s of the stored items by what else the items say; each is given away once. */
class StoredItems {
  readonly #idsByContent = new Map<string, string[]>();
  readonly #reserved = new Set<string>();

  constructor(stored: unknown) {
    for (const item of Array.isArray(stored) ? stored : []) {
      if (!isDocument(item) || typeof item['_id'] !== 'string') continue;
      const content = canonicalJson(item, ITEM_ID);
      this.#idsByContent.set(content, [...(this.#idsByContent.get(content) ?? []), item['_id']]);
    }
  }

  reserve(id: unknown): void {
    if (typeof id === 'string') this.#reserved.add(id);
  }

  take(item: Document): string | undefined {
    const ids = this.#idsByContent.get(canonicalJson(item, ITEM_ID)) ?? [];
    const id = ids.find((candidate) => !this.#reserved.has(candidate));
    this.reserve(id);
    return id;
  }
}
