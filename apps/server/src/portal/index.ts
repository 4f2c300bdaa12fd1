import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Operations } from '../contract/operation-types.ts';
import type { EntityGraph } from '../entities/index.ts';
import type { Files } from '../files/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Queue, RecurringTask } from '../jobs/index.ts';
import type { Metering } from '../metering/index.ts';
import type { Clock, Dns, Egress, SecretBox } from '../ports/index.ts';
import { SpotPrices } from '../pricing/index.ts';
import type { Settings } from '../settings.ts';
import type { Database } from '../storage/index.ts';
import { portalAccess } from './access/index.ts';
import {
  Certificates,
  type ConfigPlatform,
  configOperations,
  edgeRoutes,
  listPortals,
  type Portals,
} from './config/index.ts';
import { portalEntityOperations } from './entities/index.ts';
import {
  accountHooks,
  contractHook,
  dataOperations,
  extensionOperations,
  extensionRegistryRoutes,
  type FindSecureRoute,
  HookEngine,
  type HooksPlatform,
  installedExtensions,
  linkOperations,
  plausibilityHook,
  seamlessLinks,
  visualizationOperations,
} from './hooks/index.ts';
import { OwnData } from './own-data/index.ts';
import { type PagesPlatform, portalPageOperations, portalPages } from './pages/index.ts';
import { httpPhotoRecognition, notificationQueue, overdueQueue, serviceOperations } from './service/index.ts';
import { mailQueue, type PortalMailer, type UsersPlatform, userOperations } from './users/index.ts';

export { portalAccess } from './access/index.ts';
export { Portals, portalDirectory } from './config/index.ts';
export { followChangesets } from './entities/index.ts';
export { passwordsKeptElsewhere } from './hooks/index.ts';
export { forgetPurged, notificationListener } from './service/index.ts';
export { mappedUserListener, PortalMailer, portalAccountEvents, portalMails } from './users/index.ts';

/** What the Portal API stands on. */
export interface PortalPlatform {
  readonly settings: Pick<
    Settings,
    | 'confirmByUserId'
    | 'hookTimeout'
    | 'portalBaseDomain'
    | 'portalEdgeHost'
    | 'portalEdgeToken'
    | 'portalCertificateAuthorities'
    | 'photoRecognitionUrl'
    | 'photoRecognitionToken'
  >;
  readonly database: Database;
  readonly ports: {
    readonly clock: Clock;
    readonly dns: Dns;
    readonly egress: Egress;
    readonly secrets: SecretBox;
  };
  /** Public URL of the server without a slash at the end. */
  readonly baseUrl: string;
  readonly identity: Identity;
  readonly entities: EntityGraph;
  readonly portals: Portals;
  readonly portalMailer: PortalMailer;
  readonly metering: Metering;
  readonly files: Files;
  readonly secureRoute: FindSecureRoute;
  readonly log: Logger;
}

/** The Portal API: its operations, one set per part, and what else the server runs for it. */
export interface PortalRoom {
  readonly operations: readonly Operations<'customer-portal'>[];
  /** Routes that are no contract operations. */
  readonly plugins: readonly ((app: FastifyInstance) => Promise<void>)[];
  readonly recurring: readonly RecurringTask[];
  readonly queues: readonly Queue[];
}

const CERTIFICATE_CHECK_SECONDS = 600;

/** Builds the Portal API from its parts. */
export function createPortal(platform: PortalPlatform): PortalRoom {
  const { settings, database, ports, baseUrl, identity, entities, portals } = platform;
  const { clock, dns, egress, secrets } = ports;
  const accessOf = portalAccess({ access: identity.access, portals, clock });
  const edge = {
    host: settings.portalEdgeHost || `edge.${settings.portalBaseDomain}`,
    authorities: settings.portalCertificateAuthorities,
  };
  const certificates = new Certificates({ database, clock, dns, egress, edge });
  const hooks: HooksPlatform = {
    ...{ database, clock, secrets, egress, identity, portals, accessOf },
    own: new OwnData(new SpotPrices(database.system), clock),
    files: platform.files,
    secureRoute: platform.secureRoute,
    timeoutMs: settings.hookTimeout * 1000,
    log: platform.log,
  };
  const engine = new HookEngine(hooks);
  const pagesPlatform: PagesPlatform = {
    ...{ database, clock, identity, portals, accessOf },
    seamlessLinks: seamlessLinks(engine),
  };
  const pages = portalPages(pagesPlatform);
  const config: ConfigPlatform = {
    ...{ database, clock, secrets, identity, entities, portals, certificates, files: platform.files },
    pages,
    extensions: installedExtensions,
    hosts: {
      baseDomain: settings.portalBaseDomain,
      reserved: new Set([new URL(baseUrl).hostname, edge.host, settings.portalBaseDomain]),
    },
  };
  const users: UsersPlatform = {
    ...{ database, clock, secrets, egress, identity, entities, portals, accessOf, baseUrl },
    hooks: accountHooks(database, engine),
    confirmsByUserId: settings.confirmByUserId,
  };
  const notifying = { accessOf, portals, clock, pages, portalsOf: listPortals };
  return {
    operations: [
      configOperations(config, accessOf),
      extensionOperations(hooks),
      dataOperations(hooks, engine),
      linkOperations(hooks, engine),
      visualizationOperations(hooks, engine),
      portalPageOperations(pagesPlatform),
      portalEntityOperations({
        accessOf,
        rightsOf: (principal) => identity.access.rightsOf(principal),
        oldestPortal: async (queries) => (await listPortals(queries))[0],
        pages,
        contractHook: contractHook(engine),
        settingOf: (org, key) => identity.organisations.setting(org, key),
        graph: entities,
        clock,
      }),
      serviceOperations({
        ...{ clock, accessOf, entities, portals, metering: platform.metering, files: platform.files },
        grants: identity.access,
        pages,
        plausibility: plausibilityHook(engine),
        recognition: settings.photoRecognitionUrl
          ? httpPhotoRecognition(egress, {
              url: settings.photoRecognitionUrl,
              token: settings.photoRecognitionToken,
            })
          : undefined,
      }),
      ...userOperations(users),
    ],
    queues: [mailQueue(users, platform.portalMailer), notificationQueue(notifying), overdueQueue(notifying)],
    plugins: [
      edgeRoutes({ database, portals, edgeToken: settings.portalEdgeToken }),
      extensionRegistryRoutes(hooks),
    ],
    recurring: [
      {
        name: 'portal-certificates',
        interval: CERTIFICATE_CHECK_SECONDS,
        run: (signal) => certificates.recheck((portalId) => portals.find(portalId), signal),
      },
    ],
  };
}
