import { type ChildProcess, fork } from 'node:child_process';
import { isRecord } from '../values/json.ts';
import type { Batch, Reply } from './protocol.ts';

/** What a cage process tells its owner. `ended` comes exactly once, whatever the reason. */
export interface CageEvents {
  readonly replied: (reply: Reply) => void;
  readonly ended: () => void;
}

/**
 * One child process for untrusted expressions: a heap limit, no environment, no file writes, no child processes, no code from
 * strings. A process and not a worker thread, because a single large allocation (a doubled string, `[1..9999999]`) beyond the
 * heap limit of a worker thread aborts the whole process, resourceLimits or not (measured with Node 24.21).
 */
export class CageProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;

  constructor(memoryMb: number, events: CageEvents) {
    this.#child = fork(new URL('./cage-child.ts', import.meta.url), [], {
      execArgv: [
        `--max-old-space-size=${memoryMb}`,
        '--disallow-code-generation-from-strings',
        '--permission',
        '--allow-fs-read=*',
      ],
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child.on('message', (message: unknown) => {
      if (isReply(message)) events.replied(message);
    });
    this.#gone = new Promise((resolve) => {
      this.#child.once('error', () => resolve());
      this.#child.once('exit', () => resolve());
    });
    void this.#gone.then(events.ended);
  }

  /** Hands over a batch. Throws when the scope of a job holds something that is not data. */
  send(batch: Batch): void {
    this.#child.ref();
    this.#child.channel?.ref();
    this.#child.send(batch);
  }

  /** Lets the owner exit while this process has nothing to do. */
  rest(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }

  /** Ends the process at once, in the middle of whatever it does; resolves when it is gone. */
  kill(): Promise<void> {
    // Waiting for the end must keep the owner alive, or nobody would be there to see it.
    this.#child.ref();
    this.#child.kill('SIGKILL');
    return this.#gone;
  }
}

function isReply(message: unknown): message is Reply {
  return (
    isRecord(message) && (message.kind === 'result' || message.kind === 'error' || message.kind === 'free')
  );
}
