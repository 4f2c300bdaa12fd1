import type { RunningServer } from '../run-server.ts';
import { executionsOf } from '../workflows/index.ts';
import type { DemoAnswer, DemoClient } from './demo-client.ts';
import { DEMO_ORGANISATION } from './demo-portals.ts';

const DEFINITION = {
  name: 'Photovoltaikanlage',
  enableECPWorkflow: true,
  flow: [
    {
      ...{ id: 'planung', name: 'Planung', order: 1, type: 'SECTION' },
      steps: [
        {
          ...{ id: 'technik', name: 'Anlagendaten erfassen', order: 1, type: 'STEP' },
          installer: { enabled: true, label: 'Anlagendaten und Foto eintragen' },
        },
        {
          ...{ id: 'pruefung', name: 'Netzverträglichkeit prüfen', order: 2, type: 'STEP' },
          requirements: [{ definitionId: 'technik', type: 'STEP', condition: 'CLOSED' }],
        },
      ],
    },
    {
      ...{ id: 'anschluss', name: 'Anschluss', order: 2, type: 'SECTION' },
      steps: [
        {
          ...{ id: 'termin', name: 'Anschlusstermin', order: 1, type: 'STEP' },
          ...{ ecp: { enabled: true, label: 'Ihr Anschlusstermin' }, installer: { enabled: true } },
          requirements: [{ definitionId: 'pruefung', type: 'STEP', condition: 'CLOSED' }],
        },
      ],
    },
  ],
};

/** Starts the utility's workflow for every photovoltaic project that has none, as staff would. */
export async function loadWorkflows(server: RunningServer, client: DemoClient): Promise<void> {
  const { results } = await client.send('POST', '/v1/entity:search', { q: '_schema:opportunity', size: 100 });
  const projects: readonly DemoAnswer[] = Array.isArray(results) ? results : [];
  const tenant = server.busbar.storage.database.tenant(DEMO_ORGANISATION);
  const running = await executionsOf(
    tenant,
    projects.map((project) => String(project['_id'])),
  );
  const waiting = projects.filter((project) => !running.has(String(project['_id'])));
  if (waiting.length === 0) return;
  const workflowId = await ensureDefinition(client);
  for (const project of waiting) {
    const contexts = [{ id: project['_id'], title: project['_title'], schema: 'opportunity' }];
    await client.send('POST', '/v1/workflows/executions', { workflowId, contexts });
  }
}

async function ensureDefinition(client: DemoClient): Promise<unknown> {
  const definitions: unknown = await client.send('GET', '/v1/workflows/definitions');
  const existing: readonly DemoAnswer[] = Array.isArray(definitions) ? definitions : [];
  const found = existing.find(({ name }) => name === DEFINITION.name);
  return (found ?? (await client.send('POST', '/v1/workflows/definitions', DEFINITION)))['id'];
}
