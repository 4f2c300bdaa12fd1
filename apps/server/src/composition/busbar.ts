import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Operation } from '../contract/openapi-document.ts';
import { loadServedContract } from '../contract/served-contract.ts';
import { isServedWhole } from '../contract/served-operations.ts';
import type { Control } from '../control/index.ts';
import { completeCoreSchemas } from '../entities/index.ts';
import { createHttpServer } from '../http/http-server.ts';
import { createMetrics } from '../http/metrics.ts';
import type { AnyHandler } from '../http/operation-route.ts';
import { JobWorkers } from '../jobs/index.ts';
import type { Settings } from '../settings.ts';
import { openStorage, type Storage, sql } from '../storage/index.ts';
import { openTracing, tracedEgress, tracedQueue, traceRequests } from '../tracing/index.ts';
import { developmentRoutes } from './development-routes.ts';
import { collectHandlers } from './handlers.ts';
import { localControl } from './local-control.ts';
import { openPorts, type Ports } from './open-ports.ts';
import { buildRooms, type Rooms } from './rooms.ts';

/** What a test may put in place of the real thing: ports, and a database that is open already. */
export interface Given {
  readonly ports?: Partial<Ports>;
  readonly storage?: Storage;
}

/** A composed server. */
export interface Busbar {
  readonly http: FastifyInstance;
  readonly storage: Storage;
  readonly ports: Ports;
  readonly rooms: Rooms;
  /** The operations that are routes. */
  readonly operations: readonly Operation[];
  readonly handlers: ReadonlyMap<string, AnyHandler>;
  readonly workers: JobWorkers;
  /** What the commands on this machine may ask for. */
  readonly control: Control;
  readonly baseUrl: string;
  /** Finishes running requests and jobs within the shutdown timeout, hands back the rest, closes the database. */
  close(): Promise<void>;
}

/**
 * Composes the server from its settings: storage, ports, rooms, HTTP. It neither listens nor works on jobs yet. Throws `SettingsError`,
 * `DataFolderInUse`, or what the database says.
 */
export async function createBusbar(settings: Settings, log: Logger, given: Given = {}): Promise<Busbar> {
  const contract = await loadServedContract();
  const tracing = settings.traceEndpoint
    ? await openTracing(settings.traceEndpoint, settings.serviceName)
    : undefined;
  const opened = await openPorts(settings, log, given.ports);
  const ports = tracing ? { ...opened, egress: tracedEgress(opened.egress) } : opened;
  const storage =
    given.storage ??
    (await openStorage({
      databaseUrl: settings.databaseUrl,
      data: settings.data,
      connections: settings.databaseConnections,
    }));
  const { database } = storage;
  const baseUrl = settings.baseUrl ?? `http://localhost:${settings.port}`;
  await completeCoreSchemas(database, ports.clock.now());
  const rooms = buildRooms({ settings, database, ports, log, baseUrl });
  const handlers = collectHandlers(rooms.operations, contract.operations);
  const operations = contract.operations.filter(
    ({ api, operationId }) => isServedWhole(api) || handlers.has(`${api} ${operationId}`),
  );
  const metrics = createMetrics();
  const workers = new JobWorkers({
    database,
    clock: ports.clock,
    queues: tracing ? rooms.queues.map(tracedQueue) : rooms.queues,
    recurring: rooms.recurring,
    log,
    registry: metrics,
  });
  const http = await createHttpServer({
    operations,
    validationOf: contract.validationOf,
    handlers,
    database,
    authenticate: rooms.identity.authenticate,
    checkResponses: settings.mode === 'development',
    logger: log,
    traceRequests: tracing && traceRequests,
    metrics,
    accessLog: rooms.accessLog,
    noteDenied: (denied) => rooms.identity.noteDenied(denied),
    now: () => ports.clock.now(),
    trustProxy: settings.trustProxy.length > 0 ? settings.trustProxy.join(',') : false,
    isAllowedOrigin: rooms.isAllowedOrigin,
    isReady: async () => (await database.system.first(sql`select 1`)) !== undefined,
    requestTimeout: settings.requestTimeout,
  });
  for (const plugin of rooms.plugins) await http.register(plugin);
  if (settings.mode === 'development' && ports.outbox) await http.register(developmentRoutes(ports.outbox));

  return {
    http,
    storage,
    ports,
    rooms,
    operations,
    handlers,
    workers,
    control: localControl(database, rooms.identity),
    baseUrl,
    async close() {
      await http.close();
      await workers.stop(settings.shutdownTimeout);
      await rooms.close();
      await ports.egress.close();
      if (!given.storage) await storage.close();
      await tracing?.close();
    },
  };
}
