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

it('dates steps so long after the start, another step or a section', async () => {
  const me = await portalCustomer();
  const staff = (method: string, path: string, body?: unknown) =>
    me.server.request(method, path, { token: me.admin, body });
  const after = (
    numberOfUnits: number,
    timePeriod: string,
    actionTypeCondition: string,
    more: object = {},
  ) => ({
    dynamicDueDate: { numberOfUnits, timePeriod, actionTypeCondition, ...more },
  });
  const flow = [
    {
      ...{ id: 'plan', name: 'Planung', order: 1, type: 'SECTION' },
      steps: [
        { id: 'survey', name: 'Aufmaß', order: 1, type: 'STEP', ...after(2, 'weeks', 'WORKFLOW_STARTED') },
        {
          id: 'offer',
          name: 'Angebot',
          order: 2,
          type: 'STEP',
          ...after(3, 'hours', 'STEP_CLOSED', { stepId: 'survey' }),
        },
      ],
    },
    {
      id: 'build',
      name: 'Bauen',
      order: 2,
      type: 'STEP',
      ...after(1, 'months', 'PHASE_FINISHED', { phaseId: 'plan' }),
    },
    {
      id: 'pay',
      name: 'Zahlen',
      order: 3,
      type: 'STEP',
      dueDate: '2030-01-01',
      ...after(1, 'days', 'WORKFLOW_STARTED'),
    },
  ];
  const definition = await staff('POST', '/v1/workflows/definitions', { name: 'Bau', flow });
  const started = await staff('POST', '/v1/workflows/executions', {
    workflowId: definition.body['id'],
    contexts: [],
  });
  expect(started.status).toBe(201);
  const path = `/v1/workflows/executions/${started.body['id']}`;
  const steps = async () => {
    const { flow: read } = (await staff('GET', path)).body;
    const [section, build, pay] = [read?.[0], read?.[1], read?.[2]];
    return [section?.['steps']?.[0], section?.['steps']?.[1], build, pay];
  };
  const dates = async () => (await steps()).map((step) => step?.['dueDate']);
  const now = me.server.clock.now();
  const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000).toISOString();
  expect(await dates()).toEqual([inHours(2 * 7 * 24), undefined, undefined, '2030-01-01']);
  const change = async (at: number, body: object) => {
    const answer = await staff('PATCH', `${path}/steps/${(await steps())[at]?.['id']}`, body);
    expect(answer.status).toBe(200);
    return answer.body;
  };
  await change(0, { status: 'COMPLETED' });
  expect((await dates())[1]).toBe(inHours(3));
  await change(1, { status: 'SKIPPED' });
  const [, , built] = await dates();
  expect(new Date(String(built)).getTime() - now.getTime()).toBeGreaterThanOrEqual(28 * 86_400_000);
  const moved = await change(3, {
    dynamicDueDate: { numberOfUnits: 5, timePeriod: 'days', actionTypeCondition: 'WORKFLOW_STARTED' },
  });
  expect(moved['dueDate']).toBe(inHours(5 * 24));
});
