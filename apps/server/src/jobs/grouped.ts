/**
 * Gathers single calls into groups: while one group is on its way, the calls that arrive meanwhile form the next. One caller alone waits
 * for nobody; a thousand share a few statements.
 */
export class Grouped<Item, Result> {
  readonly #send: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #most: number;
  #waiting: Waiting<Item, Result>[] = [];
  #sending = false;

  /** `send` handles one group and answers one result per item, in order; when it throws, every caller of the group gets the error. */
  constructor(send: (items: readonly Item[]) => Promise<readonly Result[]>, most = 500) {
    this.#send = send;
    this.#most = most;
  }

  /** Sends an item with the next group. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#sending) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#sending = true;
    // Calls of the same tick belong together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#most);
      await this.#sendGroup(group);
    }
    this.#sending = false;
  }

  async #sendGroup(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const answers = (await this.#send(group.map(({ item }) => item))).values();
      for (const { resolve } of group) {
        const answer = answers.next();
        if (answer.done) throw new Error('A group must be answered item by item');
        resolve(answer.value);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}
