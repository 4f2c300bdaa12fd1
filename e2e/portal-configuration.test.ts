import { afterAll, beforeAll, expect, it } from 'vitest';
import { sdkClients } from './clients.ts';
import { type DemoDatabase, demoDatabase } from './demo-database.ts';
import { ServerProcess } from './server-process.ts';

let database: DemoDatabase;
let server: ServerProcess;
let admin: ReturnType<typeof sdkClients>['portal'];
let customer: ReturnType<typeof sdkClients>['portal'];

beforeAll(async () => {
  database = await demoDatabase();
  server = await ServerProcess.start(database);
  admin = sdkClients(server.url, await server.command('token', 'admin')).portal;
  customer = sdkClients(server.url, await server.command('token', 'portal')).portal;
});
afterAll(async () => {
  await server.remove();
  await database.drop();
});

it('configures portals with the published client, by origin and by id', async () => {
  const created = await admin.upsertPortal(
    { origin: 'B2B_PORTAL' },
    { name: 'Partnerportal', domain: 'partner.stadtwerke-musterstadt.example', config: '{}' },
  );
  expect(created.status).toBe(201);
  const id = String(created.data.portal_id);
  const put = await admin.putPortalConfig(
    { portal_id: id },
    { enabled: true, allowed_portal_entities: ['contact'], identity_providers: [] },
  );
  expect(put.data).toMatchObject({ portal_id: id, name: 'Partnerportal', enabled: true });
  expect((await admin.getPortalConfig({ origin: 'B2B_PORTAL' })).data.portal_id).toBe(id);
  expect((await admin.getPortalConfigV3({ portal_id: id })).data.portal_id).toBe(id);
  expect((await admin.getOrgPortalConfig({ origin: 'B2B_PORTAL' })).data.portal_id).toBe(id);
  expect((await admin.getOrgPortalConfigV3({ portal_id: id })).data.portal_id).toBe(id);
  const ids = (list: readonly { portal_id?: string }[] | undefined) => list?.map((one) => one.portal_id);
  expect(ids((await admin.getAllPortalConfigs()).data.data)).toContain(id);
  expect(ids((await admin.listAllPortalConfigs()).data.data)).toContain(id);

  const additional = await admin.createPortalConfig(null, { origin: 'ADDITIONAL_PORTAL', name: 'Noch eins' });
  expect(additional.status).toBe(201);
  const otherId = String(additional.data.portal_id);
  const swapped = await admin.swapPortalConfig(null, { source_portal_id: id, target_portal_id: otherId });
  expect(swapped.data.message).toBe('Domain and users swapped successfully.');
  expect((await admin.deletePortalConfig({ portal_id: otherId })).status).toBe(204);
  expect((await admin.deletePortal({ origin: 'B2B_PORTAL' })).status).toBe(204);
});

it('serves what public pages of a portal need', async () => {
  const { data } = await admin.getPortalConfig({ origin: 'END_CUSTOMER_PORTAL' });
  const [domain, portal_id, org_id] = [
    String(data.domain),
    String(data.portal_id),
    String(data.organization_id),
  ];
  expect((await customer.getPortalConfigByDomain({ domain })).data.portal_id).toBe(portal_id);
  const byOrigin = await customer.getPublicPortalConfig({ org_id, origin: 'END_CUSTOMER_PORTAL' });
  expect(byOrigin.data.portal_id).toBe(portal_id);
  expect((await customer.getPublicPortalConfigV3({ org_id, portal_id })).data.name).toBe(data.name);
  expect((await customer.getOrganizationSettingsByDomain({ domain })).data.data?.sso).toBeDefined();
  expect((await customer.getSchemasByDomain({ domain })).data.schemas).toBeDefined();
  expect((await customer.getPublicSchemasV3({ org_id, portal_id })).data.schemas).toBeDefined();
});

it('serves a signed-in customer', async () => {
  const own = await customer.getPortalConfig();
  expect(own.data.origin).toBe('END_CUSTOMER_PORTAL');
  expect((await customer.getPortalConfigV3({ portal_id: String(own.data.portal_id) })).status).toBe(200);
  expect((await customer.getOrganizationSettings()).data.data).toBeDefined();
  const schemas = await customer.getSchemas();
  expect(schemas.data.schemas?.map(({ slug }) => slug)).toContain('contract');
});

it('keeps templates and widgets', async () => {
  const template = '5da0a718-c822-403d-9f5d-20d4584e0528';
  const origin = 'END_CUSTOMER_PORTAL';
  const portal_id = String((await admin.getPortalConfig({ origin })).data.portal_id);
  await admin.upsertEmailTemplates({ origin }, { invitation: template });
  await admin.upsertEmailTemplatesByPortalId({ portal_id }, { forgotPassword: template });
  const templates = { invitation: template, forgotPassword: template };
  expect((await admin.getEmailTemplates({ origin })).data).toEqual(templates);
  expect((await admin.getEmailTemplatesByPortalId({ portal_id })).data).toEqual(templates);
  const widgets = [{ id: 'content', type: 'CONTENT_WIDGET' as const, listIndex: 0, content: 'Moin' }];
  expect((await admin.upsertPortalWidget({ origin }, { widgets })).status).toBe(201);
  expect((await admin.upsertPortalWidgetV3({ portal_id }, { widgets })).status).toBe(201);
  const reads = await Promise.all([
    customer.getPortalWidgets({ origin }),
    customer.getPortalWidgetsV3({ portal_id }),
    customer.getPublicPortalWidgetsV3({ portal_id }),
    admin.getPortalWidgets({ origin }),
  ]);
  for (const { data } of reads) expect(data.widgets).toEqual(widgets);
});

it('offers identifiers and permissions to choose from', async () => {
  expect((await admin.getRegistrationIdentifiers()).data.data?.['contract']).toContainEqual(
    expect.objectContaining({ name: 'contract_number' }),
  );
  expect((await admin.getValidSecondaryAttributes()).data.data?.length).toBeGreaterThan(3);
  expect((await admin.getEntityIdentifiers({ slug: 'meter' })).data.data?.length).toBeGreaterThan(0);
  expect((await admin.extraPermissionAttributes()).data.data?.contact?.length).toBe(2);
});

it('prepares a domain of the portal’s own', async () => {
  const origin = 'END_CUSTOMER_PORTAL';
  const portal_id = String((await admin.getPortalConfig({ origin })).data.portal_id);
  expect((await admin.configureDistribution({ origin })).data.domainName).toBe('edge.portal.localhost');
  expect((await admin.configureDistributionV3({ portal_id })).data.domainName).toBe('edge.portal.localhost');
  // No name of the demo exists in the name service, whether it answers or not.
  const checks = [
    await admin.validateCaaRecords({ origin }),
    await admin.validateCaaRecordsV3({ portal_id }),
  ];
  for (const { data } of checks) expect(data).toMatchObject({ retry: true, isDNSConfigured: false });
  const { data } = await admin.getOrgPortalConfig({ origin });
  expect(data.certificate_details?.status).toBe('PENDING_VALIDATION');
});
