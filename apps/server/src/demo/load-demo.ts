import type { RunningServer } from '../run-server.ts';
import { SETTINGS } from '../settings.ts';
import { sql } from '../storage/index.ts';
import { type DemoClient, demoClient } from './demo-client.ts';
import { loadErp, moveErp, refuseFailedEvents } from './demo-erp.ts';
import { DEMO_ORGANISATION, demoCustomers, loadPortals } from './demo-portals.ts';
import { loadWorkflows } from './demo-workflows.ts';

/** The organisation's setting that says that everything is in place, and where the ERP answers (`true`: at the default address). */
const LOADED = 'busbar_demo_loaded';
const FIRST_ERP_URL = SETTINGS.demoErpUrl.fallback;

/**
 * Loads the demo utility "Stadtwerke Musterstadt" into an empty database, through the API and the real inbound pipeline, and says how to call
 * it. Where that is done already only the latter; an interrupted load is finished, and an ERP that answers elsewhere now is found.
 */
export async function loadDemo(
  server: RunningServer,
  erpUrl: string,
  say: (line: string) => void,
): Promise<void> {
  const { busbar, url } = server;
  const { organisations } = busbar.rooms.identity;
  await busbar.rooms.createOrganisation(DEMO_ORGANISATION, 'Stadtwerke Musterstadt');
  const token = await busbar.rooms.identity.issueAdminToken(DEMO_ORGANISATION, 'Demo');
  const loaded = await organisations.setting(DEMO_ORGANISATION, LOADED);
  if (loaded === undefined) {
    const begin = performance.now();
    const events = await withoutRequestLines(server, () => load(server, demoClient(url, token), erpUrl));
    await organisations.writeSetting(DEMO_ORGANISATION, LOADED, erpUrl);
    say(
      `Stadtwerke Musterstadt: ${events} ERP events pushed through the inbound pipeline in ${((performance.now() - begin) / 1000).toFixed(1)} s`,
    );
  } else if (loaded !== erpUrl) {
    const from = typeof loaded === 'string' ? loaded : FIRST_ERP_URL;
    await withoutRequestLines(server, () => moveErp(demoClient(url, token), from, erpUrl));
    await organisations.writeSetting(DEMO_ORGANISATION, LOADED, erpUrl);
  }
  const [customer] = demoCustomers();
  const portal = await busbar.storage.database.system.first<{ portal_id: string }>(sql`
    select portal_id from portal where org_id = ${DEMO_ORGANISATION} and origin = 'END_CUSTOMER_PORTAL' order by created_at limit 1`);
  say('');
  say(`  organisation     ${DEMO_ORGANISATION}`);
  say(`  admin token      ${token}`);
  if (customer && portal) {
    say(`  portal customer  ${customer.email}  password ${customer.password}`);
    say(`  sign in          POST ${url}/idp/portals/${portal.portal_id}/oauth2/token`);
  }
  say('');
  say(
    `  try              curl -H "authorization: Bearer $(npm run -s busbar -- token portal)" ${url}/v2/portal/contract`,
  );
}

/** Answers how many ERP events there were. */
async function load(server: RunningServer, client: DemoClient, erpUrl: string): Promise<number> {
  const { integrationId, events } = await loadErp(client, erpUrl);
  await server.busbar.workers.drain();
  await refuseFailedEvents(client, integrationId);
  await loadPortals(server, client);
  await loadWorkflows(server, client);
  await server.busbar.storage.database.system.run(sql`analyze`);
  return events;
}

/** The requests of the load itself would bury what a newcomer has to read first. */
async function withoutRequestLines<Result>(
  { busbar }: RunningServer,
  work: () => Promise<Result>,
): Promise<Result> {
  const { log } = busbar.http;
  const { level } = log;
  if (level === 'info') log.level = 'warn';
  try {
    return await work();
  } finally {
    log.level = level;
  }
}
