import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../apps/server/src/cli.ts', import.meta.url));
const SLOWEST_START_MS = 120_000;

export interface ServerOptions {
  /** Data folder; a fresh one by default. */
  readonly data?: string;
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A server as `npm start` runs it: a process of its own, on loopback, with a data folder. */
export class ServerProcess {
  readonly url: string;
  readonly data: string;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #environment: Readonly<Record<string, string>>;
  #output = '';
  /** Milliseconds from the start of the process to its first answer of `/ready`. */
  readyMs = 0;
  /** Milliseconds until it had also loaded what it loads. */
  startedMs = 0;

  private constructor(
    child: ChildProcess,
    options: { data: string; port: number; environment: Readonly<Record<string, string>> },
  ) {
    this.#child = child;
    this.data = options.data;
    this.port = options.port;
    this.#environment = options.environment;
    this.url = `http://127.0.0.1:${options.port}`;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString('utf8')).slice(-20_000);
        appendFileSync(this.logFile, chunk);
      });
    }
  }

  /** Starts a server and waits until it is ready and, where it loads the demo, has said so. */
  static async start(options: ServerOptions = {}): Promise<ServerProcess> {
    const data = options.data ?? (await mkdtemp(join(tmpdir(), 'busbar-e2e-')));
    await mkdir(data, { recursive: true });
    const port = options.port ?? (await freePort());
    const environment = options.environment ?? {};
    const child = spawn(process.execPath, [CLI, 'start'], {
      env: {
        PATH: process.env.PATH,
        HOST: '127.0.0.1',
        PORT: String(port),
        BUSBAR_DATA: data,
        BUSBAR_LOG_LEVEL: 'warn',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new ServerProcess(child, { data, port, environment });
    await server.#untilReady();
    return server;
  }

  get #loadsDemo(): boolean {
    return this.#environment['BUSBAR_DEMO'] !== 'off';
  }

  /** Its process id. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Everything the process printed, as a file that goes with its data. */
  get logFile(): string {
    return join(this.data, 'output.log');
  }

  /** What the process printed last. */
  get output(): string {
    return this.#output;
  }

  /** Runs a command of the CLI on the same data folder and answers what it printed. */
  async command(...args: string[]): Promise<string> {
    const child = spawn(process.execPath, [CLI, ...args], {
      env: { PATH: process.env.PATH, PORT: String(this.port), BUSBAR_DATA: this.data, ...this.#environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`busbar ${args.join(' ')} ended with ${code}`);
    return output.trim();
  }

  /** Ends the process in peace and answers its exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Starts again on the same data folder and port, by default with the same environment. */
  restart(environment = this.#environment): Promise<ServerProcess> {
    return ServerProcess.start({ data: this.data, port: this.port, environment });
  }

  /** Stops it and removes its data. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.data, { recursive: true, force: true });
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const closed = once(this.#child, 'close');
    this.#child.kill(signal);
    await closed;
    return this.#child.exitCode;
  }

  async #untilReady(): Promise<void> {
    const begin = performance.now();
    while (performance.now() - begin < SLOWEST_START_MS) {
      if (this.#child.exitCode !== null) throw new Error(`The server ended at its start:\n${this.#output}`);
      const ready = await fetch(`${this.url}/ready`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (ready && this.readyMs === 0) this.readyMs = performance.now() - begin;
      if (ready && (!this.#loadsDemo || this.#output.includes('admin token'))) {
        this.startedMs = performance.now() - begin;
        return;
      }
      await wait(50);
    }
    throw new Error(`The server did not become ready:\n${this.#output}`);
  }
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('No port is free');
  return address.port;
}
