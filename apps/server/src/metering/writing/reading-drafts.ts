import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { TenantTransaction } from '../../storage/index.ts';
import type { Reading, ReadingPlace, ReadingValues } from '../reading.ts';
import { type StoredAt, saveReadings } from '../store/save-readings.ts';

/** What became of the readings of a save. */
export interface SavedReadings {
  /** Created and changed ones, as they are now. */
  readonly written: readonly Reading[];
  readonly removed: readonly Reading[];
}

/**
 * Readings on their way into the store: found ones are changed, added and removed in memory, each write seeing those before it, and saved
 * together. The meters must be locked.
 */
export class ReadingDrafts {
  readonly #stored: ReadonlyMap<string, Reading>;
  readonly #current = new Map<string, Reading>();
  readonly #byPlace = new Map<string, Set<string>>();
  readonly #now: Date;

  /** @param found every stored reading that one of the writes may meet */
  constructor(found: readonly Reading[], now: Date) {
    this.#stored = new Map(found.map((reading) => [reading.id, reading]));
    this.#now = now;
    for (const reading of found) this.#put(reading);
  }

  /** All readings, in the order they were found and added. */
  all(): Reading[] {
    return [...this.#current.values()];
  }

  /** The readings of a meter and counter. */
  at(place: ReadingPlace): Reading[] {
    return [...(this.#byPlace.get(keyOf(place)) ?? [])].flatMap((id) => this.#current.get(id) ?? []);
  }

  add(values: ReadingValues): Reading {
    const reading = { ...values, id: randomUUID(), createdAt: this.#now, updatedAt: this.#now };
    this.#put(reading);
    return reading;
  }

  /** Answers the reading, the same as before when nothing differs. */
  change(reading: Reading, values: ReadingValues): Reading {
    const { id, createdAt, updatedAt } = reading;
    const same = { ...values, id, createdAt, updatedAt };
    if (isDeepStrictEqual(same, reading)) return reading;
    const changed = { ...same, updatedAt: this.#now };
    this.#byPlace.get(keyOf(reading))?.delete(id);
    this.#put(changed);
    return changed;
  }

  remove(reading: Reading): void {
    this.#current.delete(reading.id);
    this.#byPlace.get(keyOf(reading))?.delete(reading.id);
  }

  /** Stores what differs from what was found, in at most two statements. */
  async save(tx: TenantTransaction): Promise<SavedReadings> {
    const written = this.all().filter((reading) => this.#stored.get(reading.id) !== reading);
    const removed = [...this.#stored.values()].filter(({ id }) => !this.#current.has(id));
    const replaced: StoredAt[] = written.flatMap(({ id }) => this.#stored.get(id) ?? []);
    await saveReadings(tx, [...removed, ...replaced], written);
    return { written, removed };
  }

  #put(reading: Reading): void {
    this.#current.set(reading.id, reading);
    const ids = this.#byPlace.get(keyOf(reading)) ?? new Set();
    this.#byPlace.set(keyOf(reading), ids.add(reading.id));
  }
}

function keyOf({ meterId, counterId }: ReadingPlace): string {
  return `${meterId} ${counterId ?? ''}`;
}
