import type { Document } from '../../entities/index.ts';
import { findManyByUniqueKeys, lockUniqueKeys } from '../../entities/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import type { Identity } from './identity.ts';
import { WrittenValues } from './written-values.ts';

/** Matches that are asked for per identity; enough to tell none, one and several apart, with some deleted ones among them. */
const MOST_MATCHES = 5;

interface Found {
  readonly identity: Identity;
  /** Live entities, oldest first. */
  readonly ids: readonly string[];
  readonly hasDeleted: boolean;
}

/**
 * Which entities have which identity, as of the writes planned so far in one transaction. Identities are locked before they are looked up and
 * stay locked until the transaction ends, so that no twins arise (erp-integration.md 8.3).
 */
export class EntityDirectory {
  readonly #tx: TenantTransaction;
  readonly #found = new Map<string, Found>();
  readonly #locked = new Set<string>();
  readonly #planned = new WrittenValues();

  constructor(tx: TenantTransaction) {
    this.#tx = tx;
  }

  /** Locks and looks up identities that are not known yet. No planned write may be waiting that changes their answers. */
  async lookUp(identities: readonly Identity[]): Promise<void> {
    for (const identity of identities) this.#watch(identity);
    const wanted = new Map(identities.map((identity) => [identity.text, identity]));
    const unlocked = [...wanted.values()].filter(({ text }) => !this.#locked.has(text));
    await lockUniqueKeys(this.#tx, unlocked);
    for (const { text } of unlocked) this.#locked.add(text);
    const unknown = [...wanted.values()].filter(({ text }) => !this.#found.has(text));
    if (unknown.length === 0) return;
    const answers = await findManyByUniqueKeys(this.#tx, unknown, {
      includeDeleted: true,
      most: MOST_MATCHES,
    });
    const crowded: Identity[] = [];
    for (const [index, identity] of unknown.entries()) {
      const matches = answers[index] ?? [];
      const live = matches.filter(({ deletedAt }) => deletedAt === undefined);
      const hasDeleted = live.length < matches.length;
      this.#found.set(identity.text, { identity, ids: live.map(({ id }) => id), hasDeleted });
      if (hasDeleted && matches.length === MOST_MATCHES) crowded.push(identity);
    }
    await this.#lookUpLive(crowded);
  }

  /** Those whose deleted namesakes may have kept live ones out of the answer. */
  async #lookUpLive(identities: readonly Identity[]): Promise<void> {
    if (identities.length === 0) return;
    const answers = await findManyByUniqueKeys(this.#tx, identities);
    for (const [index, identity] of identities.entries()) {
      const ids = (answers[index] ?? []).map(({ id }) => id);
      this.#found.set(identity.text, { identity, ids, hasDeleted: true });
    }
  }

  /** Whether an entity in the recycle bin has an identity that was looked up. */
  hasDeleted(identity: Identity): boolean {
    return this.#found.get(identity.text)?.hasDeleted ?? false;
  }

  /** The entities with an identity, oldest first; undefined when planned writes have to be stored and the identity looked up again first. */
  find(identity: Identity): readonly string[] | undefined {
    const known = this.#found.get(identity.text);
    return known && !this.#isStale(identity, known.ids) ? known.ids : undefined;
  }

  /** Notes the planned creation of the one entity with this identity. */
  planCreation(identity: Identity, id: string, attributes: Document): void {
    this.#watch(identity);
    this.#found.set(identity.text, { identity, ids: [id], hasDeleted: this.hasDeleted(identity) });
    this.#planned.write(identity.schema, id, attributes);
  }

  planChange(schema: string, id: string, attributes: Document): void {
    this.#planned.write(schema, id, attributes);
  }

  planRemoval(id: string): void {
    this.#planned.remove(id);
  }

  /** Forgets the answers that writes have overtaken; call it when the planned writes are stored. */
  settle(): void {
    for (const [text, { identity, ids }] of this.#found) {
      if (this.#isStale(identity, ids)) this.#found.delete(text);
    }
    this.#planned.clear();
  }

  #watch({ schema, keys }: Identity): void {
    for (const { attribute } of keys) this.#planned.watch(schema, attribute);
  }

  #isStale({ schema, keys }: Identity, ids: readonly string[]): boolean {
    return keys.some(({ attribute, value }) =>
      this.#planned.mayChange(schema, attribute, String(value), ids),
    );
  }
}
