import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { EmbeddedReply, EmbeddedRequest } from './embedded-protocol.ts';
import { EmbeddedStatements } from './embedded-statements.ts';

/** The worker thread that owns PGlite. It answers one request at a time, in order. */
const port = parentPort;
if (!port) throw new Error('embedded-worker.ts runs as a worker thread only');

const database = await PGlite.create({ dataDir: workerData.dataDir, relaxedDurability: false });
await database.exec(workerData.setup);
const statements = new EmbeddedStatements(database);

async function answer(request: EmbeddedRequest): Promise<EmbeddedReply> {
  switch (request.kind) {
    case 'query':
      return { id: request.id, ...(await statements.run(request.text, request.values)) };
    case 'close':
      await database.close();
      return { id: request.id };
  }
}

port.on('message', (request: EmbeddedRequest) => {
  answer(request).then(
    (reply) => port.postMessage(reply),
    (error: unknown) => port.postMessage({ id: request.id, error: describe(error) }),
  );
});
port.postMessage({ ready: true });

function describe(error: unknown): { message: string; sqlState: string; constraint: string | undefined } {
  if (!(error instanceof Error)) return { message: String(error), sqlState: 'XX000', constraint: undefined };
  return {
    message: error.message,
    sqlState: 'code' in error && typeof error.code === 'string' ? error.code : 'XX000',
    constraint: 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : undefined,
  };
}
