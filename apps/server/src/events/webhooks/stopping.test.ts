import { expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { eventServer } from '../../testing/event-server.ts';
import { emitEvent, queryDeliveries } from '../index.ts';
import { openReceiver } from '../testing/receiver.ts';

it('a delivery that nobody answers is called off when the server stops, and waits for the next one as if it had not been tried', async () => {
  const server = await eventServer();
  const receiver = await openReceiver();
  const arrived = Promise.withResolvers<void>();
  receiver.answer = () => {
    arrived.resolve();
    return new Promise(() => undefined);
  };
  await server.ask('POST', '/v1/webhooks/configs', {
    name: 'ERP',
    eventName: 'MeterReadingAdded',
    url: receiver.url,
    httpMethod: 'POST',
    enabled: true,
    retryPolicy: { enabled: false },
  });
  await server.tenant.transaction((tx) =>
    emitEvent(tx, { name: 'MeterReadingAdded', payload: {} }, server.clock.now()),
  );
  const drained = server.workers.drain();
  await arrived.promise;
  await server.workers.stop(0);
  await drained;

  const { deliveries } = await queryDeliveries(server.tenant, {}, 10);
  expect(deliveries).toMatchObject([{ status: 'pending', attempts: 0 }]);
  const jobs = await server.tenant.query(sql`
    select queue, state, attempts from job where org_id = ${server.org}`);
  expect(jobs).toEqual([{ queue: 'webhook-delivery', state: 'ready', attempts: 0 }]);
  await receiver.close();
  await server.close();
});
