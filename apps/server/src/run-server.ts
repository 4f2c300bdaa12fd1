import type { AddressInfo } from 'node:net';
import { type Busbar, createBusbar } from './composition/busbar.ts';
import { controlRoutes, newControlKey, removeControlFile, writeControlFile } from './control/index.ts';
import { openServerLog } from './server-log.ts';
import type { Settings } from './settings.ts';
import type { Storage } from './storage/index.ts';

/** A server that takes requests. */
export interface RunningServer {
  readonly busbar: Busbar;
  /** Address on this machine, such as `http://127.0.0.1:4010`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the server as configured on an open database, which it closes in the end. Throws what `createBusbar` throws, and the error of the port
 * when it is taken.
 */
export async function runServer(settings: Settings, storage: Storage): Promise<RunningServer> {
  let busbar: Busbar | undefined;
  const close = async () => {
    await busbar?.close();
    await storage.close();
  };
  try {
    busbar = await createBusbar(settings, await openServerLog(settings), { storage });
    const key = newControlKey();
    controlRoutes(busbar.http, key, busbar.control);
    if (settings.workers) await busbar.workers.start();
    await busbar.http.listen({ host: settings.host, port: settings.port });
    const url = localUrl(busbar.http.server.address());
    if (settings.data !== 'memory://') await writeControlFile(settings.data, { url, key });
    return {
      busbar,
      url,
      async close() {
        if (settings.data !== 'memory://') await removeControlFile(settings.data);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function localUrl(address: string | AddressInfo | null): string {
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port');
  const host = address.address === '0.0.0.0' || address.address === '::' ? '127.0.0.1' : address.address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
