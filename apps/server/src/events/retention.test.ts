import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EventServer, eventServer } from '../testing/event-server.ts';
import { emitEvent, queryDeliveries } from './index.ts';
import { retentionTask } from './retention.ts';
import { openReceiver, type Receiver } from './testing/receiver.ts';

let server: EventServer;
let receiver: Receiver;
beforeAll(async () => {
  server = await eventServer();
  receiver = await openReceiver();
});
afterAll(async () => {
  await server.close();
  await receiver.close();
});

it('forgets payloads after 28 days and deliveries after 90', async () => {
  receiver.answer = () => ({ status: 200, body: 'thanks' });
  // Long ago, so that the task leaves alone what other tests of this database have written.
  server.clock.set(new Date('2020-01-01T00:00:00Z'));
  const config = await server.ask('POST', '/v1/webhooks/configs', {
    name: 'ERP',
    eventName: 'FileCreated',
    url: receiver.url,
  });
  await server.tenant.transaction((tx) =>
    emitEvent(tx, { name: 'FileCreated', payload: {} }, server.clock.now()),
  );
  await server.workers.drain();
  const task = retentionTask(server.database, server.clock);
  const after = async (days: number) => {
    server.clock.set(new Date(Date.UTC(2020, 0, 1 + days, 0, 0, 1)));
    await task.run(new AbortController().signal);
    return (await queryDeliveries(server.tenant, { webhookId: String(config.body['id']) }, 10)).deliveries;
  };
  expect(await after(27)).toMatchObject([
    { payload: expect.any(String), httpResponse: { body: { text: 'thanks' } } },
  ]);
  const [delivery] = await after(28);
  expect(delivery).toMatchObject({
    status: 'succeeded',
    payload: undefined,
    httpResponse: { status_code: 200 },
  });
  expect(delivery?.httpResponse).not.toHaveProperty('body');
  expect(await after(90)).toEqual([]);
});
