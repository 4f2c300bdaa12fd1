import { readSettings } from '../settings.ts';
import { openStorage } from '../storage/index.ts';

/** `busbar start`: run the server (settings: docs/operations.md). */
export async function start(): Promise<void> {
  const settings = readSettings(process.env);
  // The database opens in a thread of its own while this one loads the rest of the server.
  const [storage, { runServer }, { loadDemo }] = await Promise.all([
    openStorage({
      databaseUrl: settings.databaseUrl,
      data: settings.data,
      connections: settings.databaseConnections,
    }),
    import('../run-server.ts'),
    import('../demo/load-demo.ts'),
  ]);
  const server = await runServer(settings, storage);
  const stop = stopOnce(() => server.close());
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  console.log(`Busbar listens on ${server.url}`);
  const wantsDemo = settings.demo === 'on' || (settings.demo === 'auto' && settings.mode === 'development');
  if (wantsDemo) await loadDemo(server, settings.demoErpUrl, (line) => console.log(line));
}

/** The first signal stops in peace, a second one at once. */
function stopOnce(close: () => Promise<void>): () => void {
  let stopping = false;
  return () => {
    if (stopping) process.exit(1);
    stopping = true;
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
}
