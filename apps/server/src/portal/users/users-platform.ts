import type { EntityGraph } from '../../entities/index.ts';
import type { Identity } from '../../identity/index.ts';
import type { Clock, Egress, SecretBox } from '../../ports/index.ts';
import type { Database } from '../../storage/index.ts';
import type { AccessOf } from '../access/index.ts';
import type { Portals } from '../config/index.ts';
import type { UserHooks } from './user-hooks.ts';

/** What registration, accounts, partners and single sign-on stand on. */
export interface UsersPlatform {
  readonly database: Database;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  readonly egress: Egress;
  readonly identity: Pick<Identity, 'access' | 'accounts' | 'organisations' | 'portalDirectory'>;
  readonly entities: EntityGraph;
  readonly portals: Portals;
  readonly accessOf: AccessOf;
  /** Public URL of the server without a slash at the end. */
  readonly baseUrl: string;
  /** Whether `confirmUserWithUserId` confirms anybody. */
  readonly confirmsByUserId: boolean;
  /** How long to wait for a contact that a third party has announced, in milliseconds. Default 15 000. */
  readonly mostWaitingMs?: number;
  /** Undefined where extensions are not composed in: no portal has hooks then. */
  readonly hooks: UserHooks | undefined;
}
