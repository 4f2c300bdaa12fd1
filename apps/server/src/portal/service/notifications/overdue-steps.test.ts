import { afterEach, beforeEach, expect, it } from 'vitest';
import { sql } from '../../../storage/index.ts';
import { type PortalCustomer, portalCustomer, relatedTo } from '../testing/portal-customer.ts';

const DUE = '2030-03-10T12:00:00.000Z';
const steps = [
  { id: 'hidden', name: 'Kalkulation', order: 1, type: 'STEP', dueDate: DUE },
  {
    ...{ id: 'survey', name: 'Aufmaß', order: 2, type: 'STEP', dueDate: DUE },
    ecp: { enabled: true, label: 'Aufmaß bestätigen' },
  },
];

let customer: PortalCustomer;
let clockBefore: Date;
beforeEach(async () => {
  customer = await portalCustomer({
    engagement_center_enabled: true,
    notification_triggers: [{ trigger_type: 'workflow_step_overdue', entity_schema: 'ignored' }],
  });
  clockBefore = customer.server.clock.now();
});
afterEach(() => customer.server.clock.set(clockBefore));

const staff = (method: string, path: string, body?: unknown) =>
  customer.server.request(method, path, { token: customer.admin, body });

/** Starts the workflow for an order of the customer; answers its id and that of the step that portals show. */
async function start(flow: readonly object[] = [{ name: 'Planung', order: 1, type: 'SECTION', steps }]) {
  const order = await customer.create('order', {
    ...{ customer: relatedTo(customer.contactId), order_number: 'A-1' },
  });
  const definition = await staff('POST', '/v1/workflows/definitions', {
    ...{ name: 'Photovoltaik', enableECPWorkflow: true, flow },
  });
  const started = await staff('POST', '/v1/workflows/executions', {
    ...{ workflowId: definition.body['id'], contexts: [{ id: order, title: 'A-1', schema: 'order' }] },
  });
  expect(started.status).toBe(201);
  const id = String(started.body['id']);
  const step = String(started.body['flow']?.[0]?.['steps']?.[1]?.['id']);
  return { id, path: `/v1/workflows/executions/${id}`, step: `/v1/workflows/executions/${id}/steps/${step}` };
}

async function notified(at: string, token = customer.token) {
  customer.server.clock.set(new Date(at));
  await customer.server.work();
  // Tokens are of today.
  customer.server.clock.set(clockBefore);
  const { body } = await customer.server.request('GET', '/v2/portal/notifications', { token });
  return Object.values(body['results'] ?? {});
}

it('tells once, when a step that the portal shows is overdue, those who see what it is about', async () => {
  const stranger = await customer.another();
  await start();
  expect(await notified('2030-03-10T11:59:59.000Z')).toEqual([]);
  const [first, ...more] = await notified('2030-03-10T12:00:00.000Z');
  expect(more).toEqual([]);
  expect(first).toMatchObject({
    type: 'workflow_step_overdue',
    title: { de: 'Aufgabe überfällig', en: 'Task overdue' },
    message: { de: 'Aufmaß bestätigen, A-1' },
    redirect_url: expect.stringMatching(/\/requests\/orders\//),
  });
  expect(await notified('2030-03-12T12:00:00.000Z')).toHaveLength(1);
  expect(await notified('2030-03-12T12:00:00.000Z', stranger.token)).toEqual([]);
});

it('says nothing of steps that are done or in workflows that are over, and speaks again when these go on', async () => {
  const done = await start();
  expect((await staff('PATCH', done.step, { status: 'COMPLETED' })).status).toBe(200);
  const closed = await start();
  expect((await staff('PATCH', closed.path, { status: 'CLOSED' })).status).toBe(204);
  expect(await notified('2030-03-11T12:00:00.000Z')).toEqual([]);
  await staff('PATCH', closed.path, { status: 'STARTED' });
  await staff('PATCH', done.step, { status: 'IN_PROGRESS' });
  expect(await notified('2030-03-11T12:00:01.000Z')).toHaveLength(2);
});

it('follows a due date that is moved; a day is over at the midnight of UTC after it', async () => {
  const { step } = await start();
  for (const dueDate of ['next week', '2030-02-31', '10.3.2030']) {
    expect(await staff('PATCH', step, { dueDate })).toMatchObject({
      ...{ status: 400, body: { errors: [{ path: 'body.dueDate' }] } },
    });
  }
  expect((await staff('PATCH', step, { dueDate: '2030-03-15' })).status).toBe(200);
  expect(await notified('2030-03-15T23:59:59.000Z')).toEqual([]);
  expect(await notified('2030-03-16T00:00:00.000Z')).toHaveLength(1);
  await staff('PATCH', step, { dueDate: '2030-03-20T08:00:00Z' });
  expect(await notified('2030-03-20T08:00:00.000Z')).toHaveLength(2);
});

it('watches the steps of workflows that an upgrade found running', async () => {
  const { id } = await start();
  const { database } = customer.server.busbar.storage;
  await database.tenant(customer.org).transaction(async (tx) => {
    await tx.run(sql`delete from job where org_id = ${tx.org} and queue = 'workflow-step-due'`);
    await tx.run(sql`
      insert into job (org_id, queue, payload, state, run_at, created_at)
      values (${tx.org}, 'workflow-step-due', jsonb_build_object('executionId', ${id}::text), 'ready', now(), now())`);
  });
  expect(await notified('2030-03-10T11:00:00.000Z')).toEqual([]);
  expect(await notified('2030-03-10T12:00:00.000Z')).toHaveLength(1);
});
