import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStandIn, type StandIn } from '../apps/server/src/integration/testing/stand-in.ts';
import { sdkClients } from './clients.ts';
import { type DemoServer, startDemoServer } from './demo-server.ts';
import { erpClient } from './erp-client.ts';
import { until } from './until.ts';

const BILL = Buffer.from('%PDF-1.4\n% Rechnung 4711\n');
const json = (value: unknown) => ({
  ...{ status: 200, headers: { 'content-type': 'application/json' } },
  body: JSON.stringify(value),
});

let demo: DemoServer;
let archive: StandIn;
beforeAll(async () => {
  [demo, archive] = await Promise.all([
    startDemoServer({ BUSBAR_ALLOWED_EGRESS: '127.0.0.0/8' }),
    openStandIn(),
  ]);
});
afterAll(async () => {
  await demo?.close();
  await archive?.close();
});

it.each(['oauth2_client_credentials', 'oauth2_password'])(
  "a document that an ERP event names is fetched from the utility's archive when staff open it (%s)",
  async (type) => {
    const clients = sdkClients(demo.server.url, await demo.server.command('token', 'admin'));
    const { call, ok } = erpClient('integration-toolkit', () => clients.toolkit);
    archive.received.length = 0;
    archive.answer = ({ path }) => {
      if (path === '/token') return json({ access_token: 'archive-token', expires_in: 300 });
      if (path.startsWith('/find')) return json({ hits: [{ link: `${archive.url}/content/9` }] });
      return { status: 200, headers: { 'content-type': 'application/pdf' }, body: BILL };
    };
    const number = `R-${type}`;
    const integration = await ok(
      call('createIntegrationV2', null, {
        name: `Archive, ${type}`,
        use_cases: [
          {
            ...{ name: 'Archive', slug: 'archive', type: 'file_proxy', enabled: true },
            configuration: {
              auth: {
                ...{ type, token_url: `${archive.url}/token`, client_id: 'portal', client_secret: 'geheim' },
                ...(type === 'oauth2_password' ? { username: 'erp', password: 'noch geheimer' } : {}),
              },
              params: [{ name: 'nr', required: true }],
              steps: [
                { url: `${archive.url}/find?nr={{params.nr}}`, method: 'GET', response_type: 'json' },
                { url: '{{steps.[0].body.hits.[0].link}}', method: 'GET', response_type: 'binary' },
              ],
              response: {
                ...{ body: 'steps[1].body', encoding: 'binary' },
                ...{ filename: "params.nr & '.pdf'", content_type: "'application/pdf'" },
              },
            },
          },
          {
            ...{ name: 'Document', slug: 'document', type: 'inbound', enabled: true },
            configuration: {
              entities: [
                {
                  entity_schema: 'file',
                  unique_ids: ['external_id'],
                  fields: [
                    { attribute: 'external_id', field: 'NR' },
                    { attribute: 'filename', jsonataExpression: "NR & '.pdf'" },
                    {
                      attribute: 'custom_download_url',
                      file_proxy_url: { use_case_slug: 'archive', params: { nr: { field: 'NR' } } },
                    },
                  ],
                },
              ],
            },
          },
        ],
      }),
      201,
    );
    const event = {
      ...{ use_case_slug: 'document', timestamp: '2026-01-01T00:00:00Z', format: 'json' },
      payload: { NR: number },
    };
    await ok(call('processErpUpdatesEventsV3', null, { integration_id: integration['id'], events: [event] }));
    const file = await until('the document is there', async () => {
      const { data } = await clients.entity.searchEntities(null, {
        q: `_schema:file AND external_id:"${number}"`,
      });
      return data.results?.[0];
    });

    const open = async () => {
      const { data } = await clients.file.downloadFile({ id: String(file['_id']) });
      return fetch(String(data.download_url));
    };
    for (const answer of [await open(), await open()]) {
      expect(answer.status, await answer.clone().text()).toBe(200);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(BILL);
      expect(answer.headers.get('content-type')).toBe('application/pdf');
      expect(answer.headers.get('content-disposition')).toBe(`attachment; filename*=UTF-8''${number}.pdf`);
    }
    // One token for both, asked for as the grant says, and sent with every step.
    const [token, ...steps] = archive.received;
    const grant = type === 'oauth2_password' ? 'password' : 'client_credentials';
    expect(Object.fromEntries(new URLSearchParams(token?.body))).toMatchObject({
      ...{ grant_type: grant, client_id: 'portal', client_secret: 'geheim' },
      ...(grant === 'password' ? { username: 'erp', password: 'noch geheimer' } : {}),
    });
    const once = [`/find?nr=${number}`, '/content/9'];
    expect(steps.map(({ path }) => path)).toEqual([...once, ...once]);
    expect(new Set(steps.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer archive-token']),
    );

    const { data } = await clients.file.downloadFile({ id: String(file['_id']) });
    const forged = String(data.download_url).replace(number, 'R-other');
    expect((await fetch(forged)).status).toBe(403);
  },
);
