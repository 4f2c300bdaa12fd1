/** Work that no answer waits for: mails, whose duration would tell whether an account exists. */
export class BackgroundWork {
  readonly #running = new Set<Promise<void>>();
  readonly #report: (error: unknown) => void;

  /** `report` hears of every failure. */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  start(work: () => Promise<void>): void {
    const running = work()
      .catch(this.#report)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when nothing is running any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
