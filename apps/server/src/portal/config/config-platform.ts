import type { EntityGraph } from '../../entities/index.ts';
import type { Files } from '../../files/index.ts';
import type { Identity } from '../../identity/index.ts';
import type { Clock, SecretBox } from '../../ports/index.ts';
import type { Database } from '../../storage/index.ts';
import type { Certificates } from './certificates.ts';
import type { ExtensionCatalogue } from './extension-options.ts';
import type { HostSettings } from './portal-hosts.ts';
import type { PortalPages } from './portal-pages.ts';
import type { Portals } from './portals.ts';

/** What the configuration of portals stands on. */
export interface ConfigPlatform {
  readonly database: Database;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  readonly identity: Pick<Identity, 'access' | 'accounts' | 'organisations' | 'tokens'>;
  readonly entities: EntityGraph;
  readonly files: Files;
  readonly portals: Portals;
  readonly pages: PortalPages;
  readonly extensions: ExtensionCatalogue;
  readonly hosts: HostSettings;
  readonly certificates: Certificates;
}
