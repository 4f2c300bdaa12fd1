import type { AccessLog, AccessRecord } from '../../http/access-log.ts';
import type { Database } from '../../storage/index.ts';
import { insertAccessRecords } from './access-log-store.ts';

interface BufferedAccessLogOptions {
  readonly database: Database;
  /** Told what could not be written. */
  readonly report: (error: unknown, lost: number) => void;
  /** Milliseconds that a record waits for others. Default 1000. */
  readonly delayMs?: number;
  /** Records that are kept while the database does not answer; newer ones are lost then. Default 20 000. */
  readonly capacity?: number;
}

/** Records per statement. */
const PORTION = 1_000;

/**
 * Writes access records in the background: requests never wait for it, memory is bounded, and what the database did not take is tried again
 * with the next records. A process that is killed loses at most the last second.
 */
export class BufferedAccessLog implements AccessLog {
  readonly #database: Database;
  readonly #report: BufferedAccessLogOptions['report'];
  readonly #delayMs: number;
  readonly #capacity: number;
  #waiting: AccessRecord[] = [];
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor({ database, report, delayMs = 1_000, capacity = 20_000 }: BufferedAccessLogOptions) {
    this.#database = database;
    this.#report = report;
    this.#delayMs = delayMs;
    this.#capacity = capacity;
  }

  record(entry: AccessRecord): void {
    if (this.#waiting.length >= this.#capacity) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(entry);
    if (this.#waiting.length >= PORTION && !this.#writing) void this.flush();
    else this.#later();
  }

  /** Writes everything that was recorded before the call, as far as the database takes it. Never throws. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // What came in during a write that is under way is not part of it.
    if (this.#writing) await this.#writing;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #write(): Promise<void> {
    for (let left = this.#waiting.length; left > 0; ) {
      const portion = this.#waiting.slice(0, PORTION);
      try {
        await insertAccessRecords(this.#database.system, portion);
      } catch (error) {
        this.#report(error, this.#lost);
        this.#lost = 0;
        this.#later();
        return;
      }
      this.#waiting.splice(0, portion.length);
      left -= portion.length;
    }
    if (this.#lost > 0) {
      this.#report(new Error('The access log was full'), this.#lost);
      this.#lost = 0;
    }
  }

  #later(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => void this.flush(), this.#delayMs);
    this.#timer.unref();
  }
}
