export interface GroupedOptions {
  /** Most items of a group. Default 500. */
  readonly most?: number;
  /**
   * Most milliseconds to wait for more where several call at a time: they tend to call again as soon as they are answered, and without the pause
   * would share the next group with nobody but the other half of them. It ends when all of them are there again. Default 0.
   */
  readonly gather?: number;
}

/**
 * Gathers single calls into groups: while one group is on its way, the calls that arrive meanwhile form the next. One caller alone waits
 * for nobody; a thousand share a few statements.
 */
export class Grouped<Item, Result> {
  readonly #send: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #most: number;
  readonly #gather: number;
  #waiting: Waiting<Item, Result>[] = [];
  #sending = false;
  /** Told of every call while somebody waits for more of them. */
  #arrived: (() => void) | undefined;

  /** `send` handles one group and answers one result per item, in order; when it throws, every caller of the group gets the error. */
  constructor(
    send: (items: readonly Item[]) => Promise<readonly Result[]>,
    { most = 500, gather = 0 }: GroupedOptions = {},
  ) {
    this.#send = send;
    this.#most = most;
    this.#gather = gather;
  }

  /** Sends an item with the next group. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#arrived?.();
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
      // Those who were answered may call again, beside those who called meanwhile.
      const callers = Math.min(group.length + this.#waiting.length, this.#most);
      if (this.#gather > 0 && callers > 1) await this.#untilWaiting(callers);
    }
    this.#sending = false;
  }

  /** Resolves when so many calls are waiting, at the latest after the time to gather. */
  async #untilWaiting(count: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#gather);
      this.#arrived = () => {
        if (this.#waiting.length < count) return;
        clearTimeout(timer);
        resolve();
      };
      this.#arrived();
    });
    this.#arrived = undefined;
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
