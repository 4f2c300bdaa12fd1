import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sdkClients } from './clients.ts';
import { type DemoServer, startDemoServer } from './demo-server.ts';

let demo: DemoServer;
beforeAll(async () => {
  demo = await startDemoServer();
});
afterAll(() => demo.close());

it('delivers a reading once when the server is killed between commit and delivery', async () => {
  // A server that does no jobs commits the reading and the wish to deliver it, and can do nothing more.
  await demo.server.stop();
  await demo.restart({ BUSBAR_WORKERS: 'false' });
  const customer = sdkClients(demo.server.url, await demo.server.command('token', 'portal'));
  const { data: contracts } = await customer.portal.getAllContracts();
  const { data: bundle } = await customer.portal.getContract(String(contracts.data?.[0]?.['_id']));
  const value = 77_777;
  await customer.portal.createMeterReading(null, {
    meter_id: String(bundle.meters?.[0]?._id),
    value,
    source: 'ECP',
    reason: 'regular',
  });
  expect(demo.erp.received).toHaveLength(0);
  await demo.server.kill();
  await demo.restart();
  for (let attempt = 0; attempt < 300 && demo.erp.received.length === 0; attempt += 1) await wait(100);
  await wait(1_500);
  expect(demo.erp.received.filter(({ body }) => body.includes(String(value)))).toHaveLength(1);
});
