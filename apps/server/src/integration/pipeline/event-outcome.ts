import type { EventProblem } from '../inbound/problem-code.ts';

/** The two kinds of effects an event can have; each is shown as a monitoring row of its own. */
export type SyncKind = 'entity' | 'meter_reading';

interface Tally {
  /** Updates that were tried or lost in mapping. */
  readonly updates: number;
  readonly failed: number;
  readonly pruned: number;
  readonly error: EventProblem | null;
  readonly warning: EventProblem | null;
}

/** What is known of an event's outcome, as JSON: it is kept with the event between transactions. */
export interface OutcomeRecord {
  readonly entity: Tally;
  readonly meter_reading: Tally;
  /** Entities that upserts of a pruning mapping touched, by index of the mapping. */
  readonly touched: Readonly<Record<string, readonly string[]>>;
  /** Mappings that must not prune, because an update of theirs failed. */
  readonly spoiled: readonly number[];
  readonly milliseconds: number;
}

const NOTHING: Tally = { updates: 0, failed: 0, pruned: 0, error: null, warning: null };

/** Collects what becomes of an event (erp-integration.md 4.6). */
export class EventOutcome {
  readonly #tallies: Record<SyncKind, Tally>;
  readonly #touched: Map<number, string[]>;
  readonly #spoiled: Set<number>;
  #milliseconds: number;

  constructor(record?: OutcomeRecord | null) {
    this.#tallies = { entity: record?.entity ?? NOTHING, meter_reading: record?.meter_reading ?? NOTHING };
    this.#touched = new Map(
      Object.entries(record?.touched ?? {}).map(([mapping, ids]) => [Number(mapping), [...ids]]),
    );
    this.#spoiled = new Set(record?.spoiled);
    this.#milliseconds = record?.milliseconds ?? 0;
  }

  /** Counts an update that was applied or found to change nothing. */
  applied(kind: SyncKind): void {
    this.#change(kind, ({ updates }) => ({ updates: updates + 1 }));
  }

  /** Counts an update that could not be applied. */
  failed(kind: SyncKind, problem: Omit<EventProblem, 'severity'>): void {
    this.#change(kind, ({ updates, failed, error }) => ({
      updates: updates + 1,
      failed: failed + 1,
      error: error ?? { severity: 'error', ...problem },
    }));
  }

  /** Notes that something was left out although the update itself was applied. */
  warn(kind: SyncKind, problem: Omit<EventProblem, 'severity'>): void {
    this.#change(kind, ({ warning }) => ({ warning: warning ?? { severity: 'warning', ...problem } }));
  }

  /** Counts what a prune removed; zero is a prune, too. */
  pruned(kind: SyncKind, count: number): void {
    this.#change(kind, ({ updates, pruned }) => ({ updates: updates + 1, pruned: pruned + count }));
  }

  /** Notes an entity that an upsert of a mapping found or created. */
  touch(mapping: number, id: string): void {
    const ids = this.#touched.get(mapping);
    if (ids) ids.push(id);
    else this.#touched.set(mapping, [id]);
  }

  touchedBy(mapping: number): ReadonlySet<string> {
    return new Set(this.#touched.get(mapping));
  }

  /** Forbids a mapping to prune. */
  spoil(mapping: number): void {
    this.#spoiled.add(mapping);
  }

  isSpoiled(mapping: number): boolean {
    return this.#spoiled.has(mapping);
  }

  /** Adds time spent on processing. */
  spend(milliseconds: number): void {
    this.#milliseconds += milliseconds;
  }

  get milliseconds(): number {
    return Math.round(this.#milliseconds);
  }

  tally(kind: SyncKind): Tally {
    return this.#tallies[kind];
  }

  toJSON(): OutcomeRecord {
    return {
      ...this.#tallies,
      touched: Object.fromEntries(this.#touched),
      spoiled: [...this.#spoiled],
      milliseconds: this.#milliseconds,
    };
  }

  #change(kind: SyncKind, change: (tally: Tally) => Partial<Tally>): void {
    const tally = this.#tallies[kind];
    this.#tallies[kind] = { ...tally, ...change(tally) };
  }
}
