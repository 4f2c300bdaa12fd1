import type { AddressInfo } from 'node:net';
import { type Busbar, createBusbar } from './composition/busbar.ts';
import { controlRoutes, newControlKey, removeControlFile, writeControlFile } from './control/index.ts';
import { openServerLog } from './server-log.ts';
import type { Settings } from './settings.ts';

/** A server that takes requests. */
export interface RunningServer {
  readonly busbar: Busbar;
  /** Address on this machine, such as `http://127.0.0.1:4010`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the server as configured. `beforeListening` runs when everything is composed and no request can arrive yet. Throws what
 * `createBusbar` throws, and the error of the port when it is taken.
 */
export async function runServer(
  settings: Settings,
  beforeListening: (busbar: Busbar) => Promise<void> = async () => undefined,
): Promise<RunningServer> {
  const busbar = await createBusbar(settings, await openServerLog(settings));
  try {
    const key = newControlKey();
    controlRoutes(busbar.http, key, busbar.control);
    if (settings.workers) await busbar.workers.start();
    await beforeListening(busbar);
    await busbar.http.listen({ host: settings.host, port: settings.port });
    const url = localUrl(busbar.http.server.address());
    if (settings.data !== 'memory://') await writeControlFile(settings.data, { url, key });
    return {
      busbar,
      url,
      async close() {
        if (settings.data !== 'memory://') await removeControlFile(settings.data);
        await busbar.close();
      },
    };
  } catch (error) {
    await busbar.close();
    throw error;
  }
}

function localUrl(address: string | AddressInfo | null): string {
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port');
  const host = address.address === '0.0.0.0' || address.address === '::' ? '127.0.0.1' : address.address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
