import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { EmbeddedReply, EmbeddedRequest } from './embedded-protocol.ts';

/** The worker thread that owns PGlite. It answers one request at a time, in order. */
const port = parentPort;
if (!port) throw new Error('embedded-worker.ts runs as a worker thread only');

/** Types PGlite would parse by itself; rows leave here as text, so that both engines share one table of parsers (row-values.ts). */
const PARSED_BY_PGLITE = [
  16, 17, 20, 21, 23, 25, 26, 114, 199, 700, 701, 1000, 1001, 1002, 1003, 1005, 1007, 1009, 1014, 1015, 1016,
  1021, 1022, 1042, 1043, 1082, 1083, 1114, 1115, 1182, 1184, 1185, 1186, 1231, 1266, 1700, 2950, 2951, 3802,
  3807,
];
const keepText = Object.fromEntries(PARSED_BY_PGLITE.map((typeId) => [typeId, (text: string) => text]));

const database = await PGlite.create({ dataDir: workerData.dataDir, relaxedDurability: false });
await database.exec(workerData.setup);

async function answer(request: EmbeddedRequest): Promise<EmbeddedReply> {
  switch (request.kind) {
    case 'query': {
      const result = await database.query<(string | null)[]>(request.text, request.values, {
        rowMode: 'array',
        parsers: keepText,
      });
      const fields = result.fields.map((field) => ({ name: field.name, typeId: field.dataTypeID }));
      return {
        id: request.id,
        fields,
        rows: result.rows,
        count: result.rows.length || (result.affectedRows ?? 0),
      };
    }
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
