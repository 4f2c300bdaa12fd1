import type { TestProject } from 'vitest/node';
import { startStandInErp } from '../../apps/server/src/demo/stand-in-erp.ts';
import { demoDatabase } from '../demo-database.ts';
import { ServerProcess } from '../server-process.ts';
import { standInRecogniser } from '../stand-in-recogniser.ts';

/** Where the journeys find the demo utility. */
export interface DemoServer {
  readonly url: string;
  /** The stand-in ERP that gets the utility's webhooks. */
  readonly erpUrl: string;
  readonly adminToken: string;
  /** The file with everything the server has logged. */
  readonly logFile: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    readonly demo: DemoServer;
  }
}

/** Starts the demo utility and its ERP once for all journeys of a project; answers how to stop them. */
export default async function startDemoServer(project: TestProject): Promise<() => Promise<void>> {
  const database = await demoDatabase(project.config.env['BUSBAR_TEST_DATABASE_URL']);
  const erp = await startStandInErp(0);
  const recogniser = await standInRecogniser();
  const server = await ServerProcess.start({
    data: database.data,
    environment: {
      ...database.environment,
      BUSBAR_DEMO_ERP_URL: erp.url,
      // Apps of portals answer on this address, and on no other of loopback.
      BUSBAR_ALLOWED_EGRESS: '127.0.0.1/32',
      BUSBAR_SECURE_LINKS: '127.0.0.3/32',
      BUSBAR_HOOK_TIMEOUT: '4',
      BUSBAR_LOG_LEVEL: 'info',
      BUSBAR_PHOTO_RECOGNITION_URL: recogniser.url,
      BUSBAR_PHOTO_RECOGNITION_TOKEN: recogniser.token,
    },
  });
  project.provide('demo', {
    url: server.url,
    erpUrl: erp.url,
    logFile: server.logFile,
    adminToken: await server.command('token', 'admin'),
  });
  return async () => {
    await server.remove();
    await erp.close();
    await recogniser.close();
    await database.drop();
  };
}
