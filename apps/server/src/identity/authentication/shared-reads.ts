interface Turn<Result> {
  readonly result: Promise<Result>;
  /** The read after this one, once somebody waits for it. */
  following: Promise<Result> | undefined;
}

/**
 * Lets those who ask the same question at the same time share an answer that is fresh for each of them: whoever asks while a read is under way
 * gets the next one, which begins after they asked. A page that sends ten requests at once costs two reads of its caller, and none is stale.
 */
export class SharedReads<Result> {
  readonly #turns = new Map<string, Turn<Result>>();

  /** The answer of a read that begins after this call. `key` names the question, `read` asks it; its errors reach all who wait for it. */
  ask(key: string, read: () => Promise<Result>): Promise<Result> {
    const turn = this.#turns.get(key);
    if (!turn) return this.#begin(key, read);
    const next = () => this.#begin(key, read);
    turn.following ??= turn.result.then(next, next);
    return turn.following;
  }

  #begin(key: string, read: () => Promise<Result>): Promise<Result> {
    const turn: Turn<Result> = { result: read(), following: undefined };
    this.#turns.set(key, turn);
    const end = () => {
      if (!turn.following) this.#turns.delete(key);
    };
    turn.result.then(end, end);
    return turn.result;
  }
}
