import type { Logger } from 'pino';
import type { Files } from '../../files/index.ts';
import type { Identity } from '../../identity/index.ts';
import type { Clock, Egress, EgressRoute, SecretBox } from '../../ports/index.ts';
import type { Database, TenantQueries } from '../../storage/index.ts';
import type { AccessOf } from '../access/index.ts';
import type { Portals } from '../config/index.ts';
import type { OwnData } from '../own-data/index.ts';

/** Where requests through a secure proxy of an integration may go. @throws Refusal with a code `SECURE_PROXY_…` when it cannot be used */
export type FindSecureRoute = (
  queries: TenantQueries,
  address: { readonly integrationId: string; readonly useCase: { readonly slug: string } },
) => Promise<EgressRoute>;

/** What extensions and their hooks stand on. */
export interface HooksPlatform {
  readonly database: Database;
  readonly clock: Clock;
  readonly egress: Egress;
  readonly secureRoute: FindSecureRoute;
  readonly secrets: SecretBox;
  readonly identity: Pick<Identity, 'authenticate' | 'access'>;
  readonly portals: Portals;
  readonly accessOf: AccessOf;
  /** Answers where the portal's own extension is asked instead of an app's. */
  readonly own: OwnData;
  readonly files: Files;
  /** How long the call of a hook may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly log: Pick<Logger, 'info'>;
}
