/** How often a statement must be seen before it is prepared: rare, generated texts must not pile up in the database. */
const PREPARE_AFTER = 3;
const MOST_PREPARED = 600;
/**
 * Statements that join bound arrays with tables or walk through an index are planned for what they get: a plan that is kept assumes ten elements in
 * every array, and goes on to assume that a queue is as empty as it was when the plan was made.
 */
const JOINS_ARRAYS =
  /^(?=[\s\S]*\bunnest\(\s*\$)[\s\S]*\b(?:join|delete from|update \w+(?: as \w+)?\s+set)\b/;
const WALKS = /\bwith recursive\b/;

/**
 * Settings of every connection, because plans are kept: they must not read whole tables because those were small when the plan was made; and what
 * they must read is never worth compiling.
 */
export const PLANNING: readonly (readonly [setting: string, value: string])[] = [
  ['enable_seqscan', 'off'],
  ['jit', 'off'],
];

/** Names frequent statements so that the database parses and plans them once per connection. */
export class StatementNames {
  readonly #seen = new Map<string, number>();
  #prepared = 0;

  nameFor(text: string): string | undefined {
    const seen = this.#seen.get(text) ?? 0;
    if (seen < 0) return `s${-seen}`;
    if (seen + 1 >= PREPARE_AFTER && this.#prepared < MOST_PREPARED && keepsItsPlan(text)) {
      this.#prepared += 1;
      this.#seen.set(text, -this.#prepared);
      return `s${this.#prepared}`;
    }
    if (this.#seen.size > 5_000) this.#forgetRare();
    this.#seen.set(text, seen + 1);
    return undefined;
  }

  #forgetRare(): void {
    for (const [text, seen] of this.#seen) if (seen > 0) this.#seen.delete(text);
  }
}

function keepsItsPlan(text: string): boolean {
  return !JOINS_ARRAYS.test(text) && !WALKS.test(text);
}
