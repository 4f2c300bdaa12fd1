import type { Identity } from '../../identity/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { Database } from '../../storage/index.ts';
import type { AccessOf } from '../access/index.ts';
import type { Portals } from '../config/index.ts';
import type { SeamlessLinks } from './seamless-links.ts';

/** What pages, blocks and links stand on. */
export interface PagesPlatform {
  readonly database: Database;
  readonly clock: Clock;
  readonly identity: Pick<Identity, 'access' | 'organisations'>;
  readonly portals: Portals;
  readonly accessOf: AccessOf;
  readonly seamlessLinks: SeamlessLinks;
}
