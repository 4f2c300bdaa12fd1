import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { type AnyJson, type EventServer, eventServer } from '../../testing/event-server.ts';
import { emitEvent } from '../index.ts';
import { openReceiver, type Receiver } from '../testing/receiver.ts';

/** Attempts of a dispatch, and more seconds than any pause between them. */
const ATTEMPTS = 20;
const PAUSE = 4 * 3_600;

let server: EventServer;
let receiver: Receiver;
let broken = true;
let mapped = '';

beforeAll(async () => {
  receiver = await openReceiver();
  server = await eventServer([
    {
      name: 'mapping',
      concerned: async () => [{ target: 'm-1', webhookId: mapped, metadata: { use_case_id: 'u-1' } }],
      plan: async () => {
        if (broken) throw new TypeError('a mistake of ours');
        return {
          deliveries: [
            { target: 'm-1', webhookId: mapped, content: { kind: 'body', body: { planned: 'later' } } },
          ],
          webhooks: [mapped],
        };
      },
    },
  ]);
});
afterAll(async () => {
  await receiver.close();
  await server.close();
});

async function webhook(path: string): Promise<string> {
  const { body } = await server.ask('POST', '/v1/webhooks/configs', {
    name: path,
    eventName: 'event_MeterReadingAdded',
    url: receiver.url + path,
    httpMethod: 'POST',
    enabled: true,
  });
  return String(body['id']);
}

async function deliveriesOf(id: string): Promise<AnyJson[]> {
  const { body } = await server.ask('POST', `/v2/webhooks/configs/${id}/events`, {});
  const list = body['data'];
  return Array.isArray(list) ? list : [];
}

const sweep = () =>
  server.events.recurring
    .find(({ name }) => name === 'undelivered-events')
    ?.run(new AbortController().signal);

it('an event that could not be dispatched is a failed delivery for all it concerns, and can be replayed', async () => {
  mapped = await webhook('/mapped');
  const subscribed = await webhook('/subscribed');
  await server.tenant.transaction((tx) =>
    emitEvent(tx, { name: 'MeterReadingAdded', payload: { n: 1 } }, server.clock.now()),
  );
  for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
    await server.workers.drain();
    await sweep();
    expect(await deliveriesOf(mapped)).toEqual([]);
    server.clock.advance(PAUSE * 1_000);
  }
  await server.workers.drain();
  await sweep();
  await sweep();
  const failed = await deliveriesOf(mapped);
  expect(failed).toMatchObject([
    {
      status: 'failed',
      event_name: 'MeterReadingAdded',
      http_response: { code: 'DISPATCH_FAILED', message: expect.stringContaining('20 attempts (TypeError)') },
      metadata: { use_case_id: 'u-1' },
    },
  ]);
  const others = await deliveriesOf(subscribed);
  expect(others).toMatchObject([{ status: 'failed', http_response: { code: 'DISPATCH_FAILED' } }]);
  expect(await server.tenant.query(sql`select 1 from job where org_id = ${server.org}`)).toEqual([]);

  broken = false;
  const ids = [...failed, ...others].map((delivery) => String(delivery['event_id']));
  const again = await server.ask('POST', `/v1/webhooks/configs/${mapped}/events/${ids[0]}/replay`);
  expect(again.status).toBe(204);
  const batch = await server.ask('POST', `/v1/webhooks/configs/${subscribed}/events/replay-batch`, {
    eventIds: [ids[1], ids[1], ids[0], 'unknown'],
  });
  expect(batch).toMatchObject({ status: 202, body: { replayed_event_ids: [ids[1]] } });
  await server.workers.drain();
  const received = receiver.received.map(({ path, body }) => [path, JSON.parse(body)]);
  expect(received).toHaveLength(2);
  expect(received).toEqual(
    expect.arrayContaining([
      ['/mapped', { planned: 'later' }],
      ['/subscribed', expect.objectContaining({ n: 1 })],
    ]),
  );
});

it('a delivery that nobody could carry out ends as failed', async () => {
  broken = false;
  mapped = 'none';
  const id = await webhook('/stuck');
  await server.tenant.transaction((tx) =>
    emitEvent(tx, { name: 'MeterReadingAdded', payload: { n: 2 } }, server.clock.now()),
  );
  // As if it had been given up before it was sent, after fifty failures of our own.
  await server.workers.drain();
  const [sent] = await deliveriesOf(id);
  await server.tenant.run(sql`
    update webhook_delivery set status = 'pending', completed_at = null where org_id = ${server.org} and id = ${sent?.['event_id']}`);
  await server.tenant.run(sql`
    insert into job (org_id, queue, lane, payload, state, attempts, run_at, created_at, last_error)
    values (${server.org}, 'webhook-delivery', ${id}, jsonb_build_object('deliveryId', ${String(sent?.['event_id'])}::text), 'dead', 50,
            ${server.clock.now()}, ${server.clock.now()}, '{"name": "Error", "message": "x"}')`);
  await sweep();
  const answer = await server.ask('GET', `/v1/webhooks/configs/${id}/events/${sent?.['event_id']}`);
  expect(answer.body).toMatchObject({ status: 'failed', http_response: { code: 'DELIVERY_FAILED' } });
  const unknown = await server.ask('GET', `/v1/webhooks/configs/other/events/${sent?.['event_id']}`);
  expect(unknown.status).toBe(404);
});
