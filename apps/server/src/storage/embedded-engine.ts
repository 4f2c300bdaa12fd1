import { Worker } from 'node:worker_threads';
import type { EmbeddedReady, EmbeddedReply, EmbeddedRequest } from './embedded-protocol.ts';
import { DatabaseError, type Engine, type ResultSet, type Session } from './engine.ts';
import { valueParser } from './row-values.ts';
import { PLANNING } from './statement-names.ts';

type Unsent<T> = T extends unknown ? Omit<T, 'id'> : never;

/**
 * Opens PGlite in a worker thread (it blocks while it works). `dataDir` is a folder or `memory://`. It has one connection: callers
 * take turns, first come first served. The caller holds the data folder's lock; PGlite itself takes none.
 */
export async function openEmbedded(options: { dataDir: string; searchPath: string }): Promise<Engine> {
  const channel = await WorkerChannel.start(options);
  const turns = new Turns();
  const state: { scope: string | undefined } = { scope: undefined };

  return {
    kind: 'embedded',
    async acquire() {
      const release = await turns.take();
      return new EmbeddedSession(channel, state, release);
    },
    close: () => channel.close(),
  };
}

class EmbeddedSession implements Session {
  readonly #channel: WorkerChannel;
  readonly #state: { scope: string | undefined };
  readonly #release: () => void;

  constructor(channel: WorkerChannel, state: { scope: string | undefined }, release: () => void) {
    this.#channel = channel;
    this.#state = state;
    this.#release = release;
  }

  get scope(): string | undefined {
    return this.#state.scope;
  }

  set scope(value: string | undefined) {
    this.#state.scope = value;
  }

  async query(text: string, values: readonly unknown[]): Promise<ResultSet> {
    const reply = await this.#channel.ask({ kind: 'query', text, values: [...values] });
    return { rows: toRows(reply), count: reply.count ?? 0 };
  }

  release(): void {
    this.#release();
  }
}

function toRows(reply: EmbeddedReply): Record<string, unknown>[] {
  const columns = (reply.fields ?? []).map((field) => ({
    name: field.name,
    parse: valueParser(field.typeId),
  }));
  return (reply.rows ?? []).map((values) => {
    const row: Record<string, unknown> = {};
    columns.forEach((column, at) => {
      const value = values[at];
      row[column.name] = value === null || value === undefined ? null : column.parse(value);
    });
    return row;
  });
}

/** Request and reply over the worker's message port. */
class WorkerChannel {
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { resolve: (reply: EmbeddedReply) => void; reject: (error: Error) => void }
  >();
  #nextId = 1;
  #ended: Error | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  static start(options: { dataDir: string; searchPath: string }): Promise<WorkerChannel> {
    const settings = [
      ['search_path', options.searchPath],
      ['timezone', "'UTC'"],
      ['client_min_messages', 'warning'],
      ...PLANNING,
    ];
    const setup = settings.map(([setting, value]) => `set ${setting} to ${value};`).join(' ');
    const worker = new Worker(new URL('./embedded-worker.ts', import.meta.url), {
      workerData: { dataDir: options.dataDir, setup },
      execArgv: ['--no-warnings'],
    });
    const channel = new WorkerChannel(worker);
    return new Promise((resolve, reject) => {
      worker.on('message', (message: EmbeddedReply | EmbeddedReady) => {
        if ('ready' in message) resolve(channel);
        else channel.#receive(message);
      });
      const fail = (error: Error) => {
        channel.#fail(error);
        reject(error);
      };
      worker.on('error', fail);
      worker.on('exit', () => fail(new DatabaseError('The embedded database has stopped', '57P01')));
    });
  }

  ask(request: Unsent<EmbeddedRequest>): Promise<EmbeddedReply> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...request });
    });
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    await this.ask({ kind: 'close' });
    await this.#worker.terminate();
  }

  #receive(message: EmbeddedReply): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (!waiting) return;
    if (message.error) {
      waiting.reject(
        new DatabaseError(message.error.message, message.error.sqlState, message.error.constraint),
      );
    } else {
      waiting.resolve(message);
    }
  }

  #fail(error: Error): void {
    this.#ended = error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

/** A fair lock: one holder at a time, in order of asking. */
class Turns {
  #last: Promise<void> = Promise.resolve();

  async take(): Promise<() => void> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    return resolve;
  }
}
