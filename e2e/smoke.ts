import { startStandInErp } from '../apps/server/src/demo/stand-in-erp.ts';
import { runMainJob } from './main-job.ts';
import { ServerProcess } from './server-process.ts';

/** `npm run smoke`: from an empty folder to the received webhook, as a transcript. */
const begin = performance.now();
const say = (line: string) =>
  console.log(`${((performance.now() - begin) / 1000).toFixed(1).padStart(6)} s  ${line}`);

const erp = await startStandInErp(0);
say(`stand-in ERP on ${erp.url}`);
let server: ServerProcess | undefined;
try {
  server = await ServerProcess.start({ environment: { BUSBAR_DEMO_ERP_URL: erp.url } });
  say(`server on ${server.url}, data in an empty folder`);
  await runMainJob(server, erp, say);
  say('smoke test passed');
} catch (error) {
  console.error(error);
  if (server) console.error(server.output);
  process.exitCode = 1;
} finally {
  await server?.remove();
  await erp.close();
}
