import { loadDemo } from '../demo/load-demo.ts';
import { runServer } from '../run-server.ts';
import { readSettings } from '../settings.ts';
import type { Command } from './command.ts';

export const startCommand: Command = {
  name: 'start',
  usage: 'start',
  summary: 'run the server (settings: docs/operations.md)',
  async run() {
    const settings = readSettings(process.env);
    const server = await runServer(settings);
    const stop = stopOnce(() => server.close());
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    console.log(`Busbar listens on ${server.url}`);
    const wantsDemo = settings.demo === 'on' || (settings.demo === 'auto' && settings.mode === 'development');
    if (wantsDemo) await loadDemo(server, settings.demoErpUrl, (line) => console.log(line));
  },
};

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
