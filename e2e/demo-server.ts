import { type StandInErp, startStandInErp } from '../apps/server/src/demo/stand-in-erp.ts';
import { demoDatabase } from './demo-database.ts';
import { ServerProcess } from './server-process.ts';

/** A server process with the demo utility on a database of its own, and the utility's ERP beside it. */
export interface DemoServer {
  readonly erp: StandInErp;
  /** The process that runs at the moment. */
  readonly server: ServerProcess;
  /** Starts a process in the place of one that was stopped or killed, with `environment` in addition to that of the first. */
  restart(environment?: Readonly<Record<string, string>>): Promise<void>;
  close(): Promise<void>;
}

export async function startDemoServer(
  environment: Readonly<Record<string, string>> = {},
): Promise<DemoServer> {
  const [database, erp] = await Promise.all([demoDatabase(), startStandInErp(0)]);
  const common = { ...database.environment, BUSBAR_DEMO_ERP_URL: erp.url, ...environment };
  let server = await ServerProcess.start({ data: database.data, environment: common });
  return {
    erp,
    get server() {
      return server;
    },
    async restart(more = {}) {
      server = await server.restart({ ...common, ...more });
    },
    async close() {
      await server.remove();
      await erp.close();
      await database.drop();
    },
  };
}
