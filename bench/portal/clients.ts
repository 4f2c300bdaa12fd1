import { parentPort } from 'node:worker_threads';
import { Pool } from 'undici';

/** What the worker thread is to send: `requests` times the same request, from so many clients at once. */
export interface Task {
  readonly port: number;
  readonly clients: number;
  readonly requests: number;
  readonly request: {
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  };
}

/** What the clients saw: the milliseconds that each request waited, or what went wrong. */
export type Seen = { readonly waits: readonly number[] } | { readonly failure: string };

/** Clients in a thread of their own, so that the measured server does not share its thread with them. */
const port = parentPort;
if (!port) throw new Error('clients.ts runs as a worker thread only');

port.on('message', (task: Task) => {
  send(task).then(
    (waits) => port.postMessage({ waits } satisfies Seen),
    (error: unknown) => port.postMessage({ failure: String(error) } satisfies Seen),
  );
});

async function send({ port: to, clients, requests, request }: Task): Promise<number[]> {
  const pool = new Pool(`http://127.0.0.1:${to}`, { connections: clients });
  const waits: number[] = [];
  let left = requests;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      const begin = performance.now();
      const answer = await pool.request(request);
      const body = await answer.body.text();
      if (answer.statusCode !== 200)
        throw new Error(`${request.path} answered ${answer.statusCode}: ${body}`);
      waits.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  await pool.close();
  return waits;
}
