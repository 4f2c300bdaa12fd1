import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Busbar, createBusbar } from '../composition/busbar.ts';
import { signCustomDownloadUrl } from '../files/index.ts';
import { createMemoryOutbox, createSettableClock } from '../ports/index.ts';
import { readSettings } from '../settings.ts';
import { testDatabase, testOrganisation } from '../testing/test-database.ts';
import { outboundUseCase } from './testing/outbound-fixture.ts';
import { openStandIn, type StandIn } from './testing/stand-in.ts';

const SECRET = 'sehr geheim/&"ÄÖ';
const PASSWORD = 'ein Kennwort/ß';
/** Goes into a header, which takes plain letters only. */
const HEADER = 'auch geheim/0815';
/** The forms that URLs, forms, JSON and basic credentials give a text. */
const formsOf = (text: string) => [
  text,
  encodeURIComponent(text),
  new URLSearchParams({ s: text }).toString().slice(2),
  JSON.stringify(text).slice(1, -1),
  Buffer.from(`erp:${text}`).toString('base64'),
];
const SECRETS = [SECRET, PASSWORD, HEADER].map(formsOf);
const BASE = 'http://busbar.test';

let busbar: Busbar;
let erp: StandIn;
let token: string;
const org = testOrganisation();
const log: string[] = [];
const answers: string[] = [];

beforeAll(async () => {
  const clock = createSettableClock(new Date());
  const settings = readSettings({
    BUSBAR_DATA: 'memory://',
    BUSBAR_BASE_URL: BASE,
    BUSBAR_ALLOWED_EGRESS: '127.0.0.0/8',
  });
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(chunk.toString('utf8'));
      done();
    },
  });
  const database = await testDatabase();
  busbar = await createBusbar(settings, pino({ level: 'trace' }, lines), {
    storage: { database, migrated: [], close: async () => undefined },
    ports: { clock, mailer: createMemoryOutbox({ clock }) },
  });
  erp = await openStandIn();
  await busbar.rooms.createOrganisation(org, 'Geheim');
  token = await busbar.rooms.identity.issueAdminToken(org);
});
afterAll(async () => {
  await erp.close();
  await busbar.close();
});

async function ask(
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  body?: object,
): Promise<Record<string, unknown>> {
  const answer = await busbar.http.inject({
    ...{ method, url, headers: { authorization: `Bearer ${token}` } },
    ...(body === undefined ? {} : { payload: body }),
  });
  answers.push(JSON.stringify(answer.headers), answer.body);
  return answer.json();
}

it('shows secrets to nobody but the receiver, neither in answers nor in the log', async () => {
  // A receiver that repeats all it is told, and fails.
  erp.answer = ({ path, headers, body }) => ({
    status: path.includes('fail') ? 500 : 400,
    headers: { 'x-echo': encodeURIComponent(String(headers['x-key'])) },
    body: JSON.stringify({ path, headers, body }),
  });
  await ask('POST', '/v1/environments', { key: 'erp.key', type: 'SecretString', value: SECRET });
  await ask('POST', '/v1/environments', { key: 'erp.header', type: 'SecretString', value: HEADER });
  const auths = [
    {
      authType: 'API_KEY',
      apiKeyConfig: { keyName: 'X-Api', keyValue: '{{ env.erp.header }}', keyValueIsEnvVar: true },
    },
    { authType: 'BASIC', basicAuthConfig: { username: 'erp', password: PASSWORD } },
    {
      authType: 'OAUTH',
      oauthConfig: {
        clientId: 'erp',
        clientSecret: PASSWORD,
        endpoint: `${erp.url}/token`,
        httpMethod: 'POST',
        bodyParams: [],
        queryParams: [],
        headers: [],
      },
    },
  ];
  const webhooks: string[] = [];
  for (const [index, auth] of auths.entries()) {
    const { id } = await ask('POST', '/v1/webhooks/configs', {
      ...{ name: `w${index}`, eventName: 'event_MeterReadingAdded', httpMethod: 'POST', enabled: true, auth },
      url: `${erp.url}/fail?key={{env.erp.key}}`,
      payloadConfiguration: { custom_headers: { 'X-Key': 'k={{ env.erp.header }}' } },
    });
    webhooks.push(String(id));
  }
  const archive = {
    auth: {
      type: 'oauth2_client_credentials',
      token_url: `${erp.url}/token`,
      client_id: 'erp',
      client_secret: '{{ env.erp.key }}',
    },
    steps: [{ url: `${erp.url}/doc?key={{ env.erp.key }}`, method: 'GET', response_type: 'json' }],
    response: { body: 'steps[0].body', encoding: 'base64' },
  };
  const files = { name: 'Doc', slug: 'doc', type: 'file_proxy', enabled: true, configuration: archive };
  const open = { ...files, slug: 'open', configuration: { ...archive, auth: undefined } };
  const outbound = webhooks.map((webhook, index) =>
    outboundUseCase(`out-${index}`, 'MeterReadingAdded', { webhook, expression: '$' }),
  );
  const integration = await ask('POST', '/v2/integrations', {
    name: 'ERP',
    use_cases: [...outbound, files, open],
  });
  const place = `/v1/integrations/${String(integration['id'])}`;
  const contact = await ask('POST', '/v1/entity/contact', { first_name: 'Gesine' });
  for (const webhook_id of webhooks) {
    await ask('POST', '/v1/erp/trigger', {
      ...{
        execution_id: webhook_id,
        org_id: org,
        webhook_id,
        flow_id: 'f',
        created_at: '2026-01-01T00:00:00Z',
      },
      ...{
        action_id: 'a',
        flow_action_id: 'b',
        flow_name: 'n',
        activity_id: 'c',
        entity_id: String(contact['_id']),
      },
    });
    await ask('POST', `/v2/webhooks/configs/${webhook_id}/events`, {});
  }
  for (const useCaseSlug of ['doc', 'open']) {
    const query = new URLSearchParams({ orgId: org, integrationId: String(integration['id']), useCaseSlug });
    const signed = new URL(
      signCustomDownloadUrl(busbar.ports.secrets, org, `${BASE}/download?${query}`, busbar.ports.clock.now()),
    );
    await ask('GET', signed.pathname + signed.search);
  }
  await busbar.workers.drain();
  for (const path of [
    '/v1/environments',
    '/v1/webhooks/configs',
    '/v2/integrations',
    `${place}/outbound-status`,
  ])
    await ask('GET', path);
  for (const path of [
    'events',
    'monitoring/inbound-events',
    'monitoring/outbound-events',
    'monitoring/stats',
    'monitoring/access-logs',
  ])
    await ask('POST', `${place}/${path}`, {});

  const told = erp.received
    .flatMap(({ path, headers, body }) => [path, body, ...Object.values(headers)])
    .join('\n');
  for (const forms of SECRETS)
    expect(
      forms.some((form) => told.includes(form)),
      forms[0],
    ).toBe(true);
  expect(log.length).toBeGreaterThan(10);
  const shown = SECRETS.flat();
  for (const text of [...answers, ...log])
    expect(
      shown.filter((form) => text.includes(form)),
      text,
    ).toEqual([]);
});
