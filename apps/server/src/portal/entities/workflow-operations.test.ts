import { expect, it } from 'vitest';
import { saveExecution } from '../../workflows/index.ts';
import type { PortalCustomer } from '../service/testing/portal-customer.ts';
import { customerWithGrants, relatedTo } from './testing/customer-with-grants.ts';

async function startWorkflow(me: PortalCustomer, entityId: string, id: string, more: object = {}) {
  const now = me.server.clock.now();
  const flow = [
    {
      id: 'section',
      name: 'Planung',
      steps: [
        {
          id: 'a',
          definitionId: 'd-a',
          name: 'Intern A',
          status: 'ASSIGNED',
          ecp: { enabled: true, label: 'Termin wählen' },
          assignedTo: ['11'],
        },
        {
          id: 'b',
          name: 'B',
          status: 'UNASSIGNED',
          ecp: { enabled: true },
          requirements: [{ definitionId: 'd-a', condition: 'CLOSED' }],
        },
        {
          id: 'staff',
          name: 'C',
          ecp: { enabled: true, journey: { id: 'j', complete_task_automatically: false } },
        },
        { id: 'hidden', name: 'Marge prüfen', notes: 'geheim' },
      ],
    },
    { id: 'inner', name: 'Nur intern', steps: [{ id: 'x', name: 'X' }] },
  ];
  const body = {
    name: 'PV',
    definitionId: 'wf',
    enableECPWorkflow: true,
    internalNote: 'geheim',
    flow,
    ...more,
  };
  await me.server.busbar.storage.database
    .tenant(me.org)
    .transaction((tx) =>
      saveExecution(tx, { id, status: 'STARTED', body, createdAt: now, updatedAt: now }, [entityId]),
    );
}

it('shows portal steps only, and finishes them in their order', async () => {
  const me = await customerWithGrants();
  const order = await me.create('order', { customer: relatedTo(me.contactId) });
  await startWorkflow(me, order, 'wf-1');
  await startWorkflow(me, order, 'wf-2', { enableECPWorkflow: false });
  const list = await me.ask('GET', `/v2/portal/entity/order/${order}/workflows`);
  expect(list.status).toBe(200);
  expect(list.body).toMatchObject({
    workflow_executions: [
      {
        id: 'wf-1',
        name: 'PV',
        flow: [{ id: 'section', steps: [{ id: 'a', name: 'Termin wählen' }, { id: 'b' }, { id: 'staff' }] }],
      },
    ],
  });
  expect(JSON.stringify(list.body)).not.toMatch(/geheim|Marge|assignedTo|Nur intern/);
  const done = (step: string, workflow = 'wf-1') =>
    me.ask('PUT', `/v2/portal/workflow/${workflow}/${step}:markDone`);
  expect((await done('b')).status).toBe(400);
  expect((await done('staff')).status).toBe(403);
  expect((await done('hidden')).status).toBe(404);
  expect((await done('a', 'wf-2')).status).toBe(404);
  expect((await done('a', 'no-such')).status).toBe(404);
  const first = await done('a');
  expect(first.body).toMatchObject({ id: 'a', status: 'COMPLETED' });
  expect((await done('a')).body).toEqual(first.body);
  expect((await done('b')).body).toMatchObject({ status: 'COMPLETED' });
  const feed = await me.ask('GET', `/v2/portal/entity/order/${order}/activity?type=EntityUpdatedFromPortal`);
  expect(feed.body['total']).toBe(2);
  const found = await me.ask('POST', '/v2/portal/entity:search', {
    slug: 'order',
    include: ['active_workflow'],
  });
  expect(found.body).toMatchObject({
    includes: { active_workflow: { [order]: { id: expect.stringMatching(/^wf/) } } },
  });
});

it('keeps workflows of other customers closed', async () => {
  const me = await customerWithGrants();
  const stranger = await me.another();
  const order = await me.create('order', { customer: relatedTo(stranger.contactId) });
  await startWorkflow(me, order, 'wf-3');
  expect((await me.ask('GET', `/v2/portal/entity/order/${order}/workflows`)).status).toBe(404);
  expect((await me.ask('PUT', '/v2/portal/workflow/wf-3/a:markDone')).status).toBe(404);
});
