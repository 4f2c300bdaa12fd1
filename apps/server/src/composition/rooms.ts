import { ExpressionCage } from '@busbar/jsonata';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import {
  bringCoreSchemas,
  EntityGraph,
  emptyRecycleBin,
  entityOperations,
  foldStoredWords,
  searchViewOf,
} from '../entities/index.ts';
import { searchOperations } from '../entities/search/index.ts';
import { environmentOperations } from '../environments/index.ts';
import { createEvents, type Events, entityEventListener, jsonataExpressions } from '../events/index.ts';
import { Files, fileHousekeeping, fileOperations, fileRoutes, purgedFilesListener } from '../files/index.ts';
import type { AccessLog } from '../http/access-log.ts';
import { createIdentity, type Identity, VolumeLimit } from '../identity/index.ts';
import {
  AutoRefresh,
  createIntegrations,
  createMonitoring,
  createOutbound,
  fileProxyOrigins,
  fileProxyRoutes,
  outboundPlanner,
  parseSecureLinks,
  secureRoutes,
  tokenAccess,
} from '../integration/index.ts';
import type { Queue, RecurringTask } from '../jobs/index.ts';
import { Metering, meteringOperations } from '../metering/index.ts';
import {
  createPortal,
  followChangesets,
  forgetPurged,
  mappedUserListener,
  notificationListener,
  PortalMailer,
  Portals,
  passwordsKeptElsewhere,
  portalAccess,
  portalAccountEvents,
  portalDirectory,
  portalMails,
} from '../portal/index.ts';
import {
  Availability,
  externalCatalogRoutes,
  pricingOperations,
  pricingRecurring,
  promoUseListener,
  spotPriceSource,
} from '../pricing/index.ts';
import type { Settings } from '../settings.ts';
import { type Database, sql } from '../storage/index.ts';
import { customVariableOperations } from '../template-variables/index.ts';
import { definitionOperations, executionOperations, forgetWorkflowsOf } from '../workflows/index.ts';
import { fileViewers } from './file-viewers.ts';
import type { OperationSets } from './handlers.ts';
import { limitedEntityOperations, limitedErpOperations } from './limited-operations.ts';
import { mailAddress } from './mail-address.ts';
import type { Ports } from './open-ports.ts';
import { type EntityOpened, tellingWhatIsOpened } from './opened-entities.ts';
import { staffSignIn } from './staff-sign-in.ts';

/** What every room stands on. */
export interface Ground {
  readonly settings: Settings;
  readonly database: Database;
  readonly ports: Ports;
  readonly log: Logger;
  /** Public URL of the server without a slash at the end. */
  readonly baseUrl: string;
}

/** The rooms, wired: what they offer to clients, to the job workers, and to each other. */
export interface Rooms {
  readonly identity: Identity;
  readonly entities: EntityGraph;
  readonly events: Events;
  readonly autoRefresh: AutoRefresh;
  /** Creates an organisation with its roles and the core schemas; false when it exists. */
  createOrganisation(org: string, name: string): Promise<boolean>;
  readonly operations: OperationSets;
  readonly queues: readonly Queue[];
  readonly recurring: readonly RecurringTask[];
  /** Routes that are no contract operations: sign-in, uploads, downloads. */
  readonly plugins: readonly ((app: FastifyInstance) => Promise<void>)[];
  /** Where authenticated requests are noted. */
  readonly accessLog: AccessLog;
  /** Whether a browser page of this origin may call. */
  readonly isAllowedOrigin: (origin: string, url: string) => Promise<boolean>;
  close(): Promise<void>;
}

/** Entities whose 30 days in the recycle bin are over, purged per hour at the most. */
const MOST_PURGED_PER_HOUR = 5_000;

/** Batches of 200 entities of earlier versions that get words without accents. */
const FOLDED_BATCHES_PER_MINUTE = 25;

/** Builds and wires the rooms. This is the only place where they meet; the order is that of the arrows in docs/architecture.md. */
export function buildRooms(ground: Ground): Rooms {
  const { settings, database, ports, log, baseUrl } = ground;
  const { blobs, clock, egress, secrets, mailer } = ports;

  const portals = new Portals(database);
  const portalMailer = new PortalMailer({
    ...{ mailer, database, log },
    from: mailAddress(settings.mailFrom),
    organisations: () => identity.organisations,
  });
  const entities: EntityGraph = new EntityGraph({
    clock,
    listeners: [
      entityEventListener(clock),
      followChangesets,
      forgetPurged,
      forgetWorkflowsOf,
      mappedUserListener(clock, () => entities),
      notificationListener(clock),
      promoUseListener(clock, () => entities),
      purgedFilesListener(clock),
    ],
  });
  const identity: Identity = createIdentity({
    portalMails: portalMails(portalMailer),
    accountEvents: portalAccountEvents(entities),
    portalDirectory: portalDirectory(database, portals),
    passwordsKeptElsewhere: passwordsKeptElsewhere(database),
    database,
    clock,
    secrets,
    mailer,
    mailFrom: mailAddress(settings.mailFrom),
    egress,
    staffSignIn: staffSignIn(settings),
    baseUrl,
    report: (error) => log.error({ err: error }, 'identity'),
  });
  const { access } = identity;
  const volume = new VolumeLimit(clock, {
    mutation: settings.mutationsPerMinute,
    search: settings.searchesPerMinute,
    erp: settings.erpRequestsPerMinute,
  });
  const cage = new ExpressionCage();
  const expressions = jsonataExpressions(cage);
  const events = createEvents({
    database,
    clock,
    secrets,
    egress,
    expressions,
    planners: [outboundPlanner({ expressions, clock })],
    access,
  });
  const files = new Files({ graph: entities, blobs, secrets, clock, baseUrl });
  const metering = new Metering({ graph: entities, clock });
  const secureRoute = secureRoutes(parseSecureLinks(settings.secureLinks));
  const integrations = createIntegrations({
    ...{ database, clock, egress, secureRoute },
    access,
    graph: entities,
    evaluatorOf: (org) => cage.forTenant(org),
    readings: metering,
    fileProxyBase: baseUrl,
    report: (error) => log.error({ err: error }, 'inbound event'),
  });
  const autoRefresh = new AutoRefresh({
    ...{ database, clock },
    report: (error) => log.error({ err: error }, 'automatic refresh'),
  });
  const opened: EntityOpened = (org, schema, id) => autoRefresh.opened(org, schema, id);
  const outbound = createOutbound({ database, clock, access, events });
  const monitoring = createMonitoring({
    database,
    clock,
    access,
    environment: settings.mode === 'production' ? 'prod' : 'dev',
    report: (error, lost) => log.error({ err: error, lost }, 'access log'),
  });

  const fileProxy = fileProxyRoutes({
    ...{ database, clock, egress, secrets, secureRoute, base: baseUrl },
    evaluatorOf: (org) => cage.forTenant(org),
    isSigned: (org, url) => files.verifyDownloadUrl(org, url),
    isOpenTo: tokenAccess({
      database,
      authenticate: identity.authenticate,
      mayView: fileViewers(access, portalAccess({ access, portals, clock })),
    }),
  });

  const mayDownload = fileProxyOrigins(database);
  const portal = createPortal({
    ...{ settings, database, ports, baseUrl, identity, entities, portals, portalMailer },
    ...{ metering, files, secureRoute, log },
  });

  return {
    identity,
    entities,
    events,
    autoRefresh,
    createOrganisation: (org, name) =>
      identity.organisations.create(org, { name }, (tx) => bringCoreSchemas(tx, clock.now())),
    operations: {
      'access-token': [identity.accessTokenOperations],
      'customer-portal': [
        identity.portalTokenOperations,
        ...portal.operations.map((operations) => tellingWhatIsOpened(operations, opened)),
      ],
      entity: [
        tellingWhatIsOpened(
          limitedEntityOperations(entityOperations({ graph: entities, access, clock }), volume),
          opened,
        ),
        limitedEntityOperations(searchOperations({ clock, viewOf: searchViewOf(access) }), volume),
      ],
      environments: [environmentOperations({ clock, secrets, access })],
      permissions: [identity.roleOperations],
      'template-variables': [customVariableOperations({ clock, access })],
      'event-catalog': [events.operations['event-catalog']],
      file: [fileOperations({ files, graph: entities, access, egress })],
      'integration-toolkit': [
        ...integrations.operations,
        ...outbound.operations,
        ...monitoring.operations,
      ].map((operations) => limitedErpOperations(operations, volume)),
      metering: [
        meteringOperations({
          ...{ access, clock, metering },
          portalAccess: portalAccess({ access, portals, clock }),
        }),
      ],
      pricing: [
        pricingOperations(
          {
            ...{ database, access, clock, secrets, egress, entities, files },
            artificialGrid: settings.mode === 'development',
            report: (problem) => log.warn({ err: problem }, 'pricing'),
          },
          new Availability({ files, clock }),
        ),
      ],
      webhooks: [events.operations.webhooks],
      workflow: [executionOperations({ clock, access })],
      'workflow-definition': [definitionOperations({ clock, access })],
    },
    queues: [...events.queues, ...integrations.queues, ...portal.queues],
    recurring: [
      ...events.recurring,
      ...identity.recurring,
      ...portal.recurring,
      ...integrations.recurring,
      ...outbound.recurring,
      ...monitoring.recurring,
      ...pricingRecurring({
        ...{ database, clock },
        spotPriceSource: spotPriceSource(settings, egress),
        report: (error) => log.error({ err: error }, 'spot prices'),
      }),
      fileHousekeeping({ database, blobs, clock }),
      ...(database.kind === 'embedded' ? [analysis(database)] : []),
      {
        name: 'recycle-bin',
        interval: 3600,
        run: async () => {
          await emptyRecycleBin(database, entities, clock.now(), MOST_PURGED_PER_HOUR);
        },
      },
      {
        name: 'folded-words',
        interval: 60,
        run: async () => {
          await foldStoredWords(database, FOLDED_BATCHES_PER_MINUTE);
        },
      },
    ],
    plugins: [
      identity.signInRoutes,
      fileRoutes({ database, blobs, secrets, clock }),
      ...portal.plugins,
      externalCatalogRoutes({ database, clock, secrets, identity, access }),
      fileProxy,
    ],
    accessLog: monitoring.accessLog,
    isAllowedOrigin: async (origin, url) =>
      settings.allowedOrigins.includes(origin) ||
      (await identity.isPortalOrigin(origin)) ||
      mayDownload(origin, url),
    async close() {
      await identity.idle();
      await autoRefresh.idle();
      await monitoring.close();
      await cage.close();
    },
  };
}

/** PGlite has no autovacuum: without fresh statistics it stops using the index of words as tables grow. */
function analysis(database: Database): RecurringTask {
  return {
    name: 'analyze',
    interval: 600,
    run: async () => {
      await database.system.run(sql`analyze`);
    },
  };
}
