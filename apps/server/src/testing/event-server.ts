import { ExpressionCage } from '@busbar/jsonata';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { loadServedContract } from '../contract/served-contract.ts';
import { environmentOperations } from '../environments/index.ts';
import { createEvents, type DeliveryPlanner, type Events, jsonataExpressions } from '../events/index.ts';
import { createHttpServer } from '../http/http-server.ts';
import type { AnyHandler } from '../http/operation-route.ts';
import { JobWorkers } from '../jobs/index.ts';
import {
  createEgress,
  createSecretBox,
  createSettableClock,
  createSystemDns,
  parseAllowedTargets,
  type SettableClock,
} from '../ports/index.ts';
import type { Database, Tenant } from '../storage/index.ts';
import { testDatabase, testOrganisation } from './test-database.ts';

/** The event domain behind the real HTTP front door, for one organisation of its own. */
export interface EventServer {
  readonly org: string;
  readonly database: Database;
  readonly tenant: Tenant;
  readonly clock: SettableClock;
  readonly events: Events;
  readonly workers: JobWorkers;
  /** Asks the server; answers are held against the contract. */
  ask(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
  ): Promise<{ status: number; body: AnyJson }>;
  close(): Promise<void>;
}

/** JSON that tests walk freely. */
export interface AnyJson {
  readonly [member: string]: AnyJson;
  readonly [index: number]: AnyJson;
}

const MASTER_KEY = { id: '00112233445566ff', bytes: new Uint8Array(32).fill(7) };

export async function eventServer(planners: readonly DeliveryPlanner[] = []): Promise<EventServer> {
  const database = await testDatabase();
  const org = testOrganisation();
  const clock = createSettableClock(new Date('2026-03-02T08:00:00.000Z'));
  const secrets = createSecretBox([MASTER_KEY]);
  const egress = createEgress({ dns: createSystemDns(), allow: parseAllowedTargets('127.0.0.1') });
  const cage = new ExpressionCage();
  const access = { requireGrant: async () => undefined };
  const events = createEvents({
    database,
    clock,
    secrets,
    egress,
    expressions: jsonataExpressions(cage),
    planners,
    access,
  });
  const workers = new JobWorkers({ database, clock, queues: events.queues, organisations: [org] });
  const app = await frontDoor(database, org, {
    webhooks: events.operations.webhooks,
    'event-catalog': events.operations['event-catalog'],
    environments: environmentOperations({ clock, secrets, access }),
  });
  return {
    org,
    database,
    tenant: database.tenant(org),
    clock,
    events,
    workers,
    async ask(method, url, body) {
      const answer = await app.inject({
        method,
        url,
        ...(body === undefined
          ? {}
          : { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      return { status: answer.statusCode, body: answer.body === '' ? {} : answer.json<AnyJson>() };
    },
    async close() {
      await workers.stop(1);
      await app.close();
      await egress.close();
      await cage.close();
    },
  };
}

async function frontDoor(
  database: Database,
  org: string,
  sets: Readonly<Record<string, object>>,
): Promise<FastifyInstance> {
  const contract = await loadServedContract();
  const handlers = new Map(
    Object.entries(sets).flatMap(([api, set]) =>
      Object.entries(set).map(([operationId, handler]): [string, AnyHandler] => [
        `${api} ${operationId}`,
        handler,
      ]),
    ),
  );
  return createHttpServer({
    database,
    handlers,
    operations: contract.operations.filter(({ api, operationId }) => handlers.has(`${api} ${operationId}`)),
    validationOf: contract.validationOf,
    authenticate: async () => ({
      kind: 'api_client',
      org,
      tokenId: 'api_test',
      name: 'test',
      roles: [],
      readOnly: false,
    }),
    checkResponses: true,
    logger: pino({ level: 'silent' }),
    metrics: new Registry(),
    accessLog: { record: () => undefined },
    now: () => new Date(),
    trustProxy: false,
    noteDenied: () => undefined,
    isAllowedOrigin: async () => false,
    isReady: async () => true,
    requestTimeout: 30,
  });
}
