import { readFile } from 'node:fs/promises';
import { emitEvent } from '../../events/index.ts';
import { json, sql } from '../../storage/index.ts';
import { type TestAnswer, type TestJson, type TestServer, testServer } from '../../testing/test-server.ts';
import { openStandIn, type StandIn } from './stand-in.ts';

/** An organisation whose outbound use cases send to a stand-in over real HTTP. */
export interface OutboundFixture {
  readonly server: TestServer;
  readonly org: string;
  readonly token: string;
  readonly receiver: StandIn;
  request(method: string, path: string, body?: unknown): Promise<TestAnswer>;
  /** Creates a webhook that sends to the stand-in; its id. */
  webhook(path: string, settings?: object): Promise<string>;
  /** Creates an integration; its id and the ids of its use cases. */
  integration(useCases: readonly object[]): Promise<{ id: string; useCases: string[] }>;
  /** Raises a catalog event; `ackId` is fixed where a test needs it. */
  emit(name: string, payload: Record<string, unknown>, ackId?: string): Promise<string>;
  /** Puts a whole event in place as if it had arisen, envelope included. */
  replaceBody(eventId: string, body: Readonly<Record<string, unknown>>): Promise<void>;
}

export async function outboundFixture(): Promise<OutboundFixture> {
  const server = await testServer();
  const { org, token } = await server.organisation();
  const receiver = await openStandIn();
  const tenant = server.busbar.storage.database.tenant(org);
  const request = (method: string, path: string, body?: unknown) =>
    server.request(method, path, { token, ...(body === undefined ? {} : { body }) });
  const created = (answer: TestAnswer) => {
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };
  return {
    server,
    org,
    token,
    receiver,
    request,
    async webhook(path, settings = {}) {
      const config = {
        name: path,
        eventName: 'event_MeterReadingAdded',
        url: receiver.url + path,
        httpMethod: 'POST',
        enabled: true,
        auth: { authType: 'NONE' },
        ...settings,
      };
      return String(created(await request('POST', '/v1/webhooks/configs', config))['id']);
    },
    async integration(useCases) {
      const body = { name: 'ERP', use_cases: useCases };
      const answer = created(await request('POST', '/v2/integrations', body));
      return { id: String(answer['id']), useCases: listOf(answer['use_cases']).map(({ id }) => String(id)) };
    },
    async emit(name, payload, ackId) {
      const event = await tenant.transaction((tx) =>
        emitEvent(tx, { name, payload, ...(ackId ? { ackId } : {}) }, server.clock.now()),
      );
      if (!event) throw new Error(`${name} is disabled`);
      return event.id;
    },
    async replaceBody(eventId, body) {
      await tenant.run(sql`
        update catalog_event set body = ${json(body)}::jsonb where org_id = ${org} and id = ${eventId}`);
    },
  };
}

/** An outbound use case with one mapping. */
export function outboundUseCase(
  slug: string,
  event: string,
  mapping: { webhook: string; expression: string; enabled?: boolean },
  more: object = {},
): object {
  return {
    name: slug,
    slug,
    type: 'outbound',
    enabled: true,
    configuration: {
      event_catalog_event: event,
      mappings: [
        {
          name: slug,
          enabled: mapping.enabled ?? true,
          jsonata_expression: mapping.expression,
          delivery: { type: 'webhook', webhook_id: mapping.webhook },
        },
      ],
    },
    ...more,
  };
}

/** A file of the demo utility (demo/erp). */
export async function demoFile(name: string): Promise<TestJson> {
  return JSON.parse(await readFile(new URL(`../../../../../demo/erp/${name}`, import.meta.url), 'utf8'));
}

/** The list at a place of an answer; empty where there is none. */
export function listOf(value: TestJson | undefined): TestJson[] {
  return Array.isArray(value) ? value : [];
}
