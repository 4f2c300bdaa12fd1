import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StandInErp, startStandInErp } from '../apps/server/src/demo/stand-in-erp.ts';
import { sdkClients } from './clients.ts';
import { type FreshDatabase, freshDatabase } from './fresh-database.ts';
import { ServerProcess } from './server-process.ts';

let database: FreshDatabase;
let erp: StandInErp;
let server: ServerProcess;

beforeAll(async () => {
  [database, erp] = await Promise.all([freshDatabase(), startStandInErp(0)]);
  server = await ServerProcess.start({
    environment: { ...database.environment, BUSBAR_DEMO_ERP_URL: erp.url },
  });
});
afterAll(async () => {
  await server.remove();
  await erp.close();
  await database.drop();
});

it('delivers a reading once when the server is killed between commit and delivery', async () => {
  // A server that does no jobs commits the reading and the wish to deliver it, and can do nothing more.
  await server.stop();
  server = await ServerProcess.start({
    data: server.data,
    port: server.port,
    environment: { ...database.environment, BUSBAR_DEMO_ERP_URL: erp.url, BUSBAR_WORKERS: 'false' },
  });
  const customer = sdkClients(server.url, await server.command('token', 'portal'));
  const { data: contracts } = await customer.portal.getAllContracts();
  const { data: bundle } = await customer.portal.getContract(String(contracts.data?.[0]?.['_id']));
  const value = 77_777;
  await customer.portal.createMeterReading(null, {
    meter_id: String(bundle.meters?.[0]?._id),
    value,
    source: 'ECP',
    reason: 'regular',
  });
  expect(erp.received).toHaveLength(0);
  await server.kill();

  server = await ServerProcess.start({
    data: server.data,
    port: server.port,
    environment: { ...database.environment, BUSBAR_DEMO_ERP_URL: erp.url },
  });
  for (let attempt = 0; attempt < 300 && erp.received.length === 0; attempt += 1) await wait(100);
  await wait(1_500);
  expect(erp.received.filter(({ body }) => body.includes(String(value)))).toHaveLength(1);
});
