import { expect, it } from 'vitest';
import { portalCustomer, relatedTo } from '../portal/service/testing/portal-customer.ts';

const FLOW = [
  {
    ...{ name: 'Planung', order: 1, type: 'SECTION' },
    steps: [
      {
        id: 'survey',
        name: 'Aufmaß',
        order: 1,
        type: 'STEP',
        ecp: { enabled: true, label: 'Aufmaß bestätigen' },
      },
      {
        ...{ id: 'order', name: 'Bestellen', order: 2, type: 'STEP', assignedTo: ['4711'] },
        requirements: [{ definitionId: 'survey', type: 'STEP', condition: 'CLOSED' }],
      },
    ],
  },
];

it('starts a definition for an entity, shows it in the portal, and follows its steps', async () => {
  const me = await portalCustomer();
  const order = await me.create('order', { customer: relatedTo(me.contactId) });
  const staff = (method: string, path: string, body?: unknown) =>
    me.server.request(method, path, { token: me.admin, body });
  const definition = await staff('POST', '/v1/workflows/definitions', {
    ...{ name: 'Photovoltaik', enableECPWorkflow: true, flow: FLOW },
  });
  expect(definition).toMatchObject({ status: 201, body: { name: 'Photovoltaik', id: expect.any(String) } });
  const workflowId = definition.body['id'];
  const contexts = [{ id: order, title: 'Auftrag', schema: 'order' }];
  const started = await staff('POST', '/v1/workflows/executions', { workflowId, contexts });
  expect(started).toMatchObject({
    status: 201,
    body: {
      ...{ orgId: me.org, definitionId: workflowId, status: 'STARTED', contexts },
      flow: [
        {
          ...{ name: 'Planung', status: 'OPEN' },
          steps: [
            { definitionId: 'survey', status: 'UNASSIGNED' },
            { definitionId: 'order', status: 'ASSIGNED' },
          ],
        },
      ],
    },
  });
  const id = String(started.body['id']);
  const [survey, ordering] = [0, 1].map((at) => String(started.body['flow']?.[0]?.['steps']?.[at]?.['id']));

  const shown = await me.ask('GET', `/v2/portal/entity/order/${order}/workflows`);
  expect(shown.body).toMatchObject({
    workflow_executions: [{ id, flow: [{ steps: [{ id: survey, name: 'Aufmaß bestätigen' }] }] }],
  });
  const finished = await me.ask('PUT', `/v2/portal/workflow/${id}/${survey}:markDone`);
  expect(finished).toMatchObject({ status: 200, body: { status: 'COMPLETED' } });

  const step = await staff('PATCH', `/v1/workflows/executions/${id}/steps/${ordering}`, {
    status: 'COMPLETED',
  });
  expect(step).toMatchObject({
    status: 200,
    body: { status: 'COMPLETED', completedTime: expect.any(String) },
  });
  expect((await staff('PATCH', `/v1/workflows/executions/${id}`, { status: 'DONE' })).status).toBe(204);
  const after = await staff('GET', `/v1/workflows/executions/${id}`);
  expect(after.body).toMatchObject({
    ...{ status: 'DONE', contexts },
    flow: [{ steps: [{ status: 'COMPLETED' }, { status: 'COMPLETED' }] }],
  });
});

it('keeps definitions, and refuses what does not exist or belongs to others', async () => {
  const me = await portalCustomer();
  const stranger = await portalCustomer();
  const staff = (method: string, path: string, body?: unknown, token = me.admin) =>
    me.server.request(method, path, { token, body });
  const created = await staff('POST', '/v1/workflows/definitions', { name: 'A', flow: [] });
  const path = `/v1/workflows/definitions/${created.body['id']}`;
  expect(await staff('PUT', path, { name: 'B', flow: [] })).toMatchObject({
    status: 200,
    body: { name: 'B' },
  });
  expect((await staff('GET', '/v1/workflows/definitions')).body).toMatchObject([{ name: 'B' }]);
  const workflowId = created.body['id'];
  const foreign = await stranger.create('order', {});
  const contexts = [{ id: foreign, title: '', schema: 'order' }];
  const refused = await staff('POST', '/v1/workflows/executions', { workflowId, contexts });
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'body.contexts[0].id' }] } });
  expect((await staff('GET', path, undefined, stranger.admin)).status).toBe(404);
  expect((await staff('GET', path, undefined, me.token)).status).toBe(401);
  expect((await staff('DELETE', path)).status).toBe(204);
  expect((await staff('DELETE', path)).status).toBe(404);
  expect((await staff('POST', '/v1/workflows/executions', { workflowId })).status).toBe(400);
  expect((await staff('GET', '/v1/workflows/executions/unknown')).status).toBe(404);
  expect((await staff('PATCH', '/v1/workflows/executions/unknown', { status: 'DONE' })).status).toBe(404);
  expect((await staff('PATCH', '/v1/workflows/executions/x/steps/y', { status: 'SKIPPED' })).status).toBe(
    404,
  );
});
