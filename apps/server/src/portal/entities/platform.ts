import type { EntityGraph, EntityRights } from '../../entities/index.ts';
import type { Principal } from '../../identity/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import type { AccessOf, AccessPortal } from '../access/index.ts';
import type { PortalPages } from '../config/index.ts';
import type { ContractHook } from './updating/contract-hook.ts';

/** What the operations on a portal user's entities stand on. */
export interface PortalEntitiesPlatform {
  readonly accessOf: AccessOf;
  /** What staff may do, for the operations that are open to them as well. */
  readonly rightsOf: (principal: Principal) => Promise<EntityRights>;
  /** The organisation's first portal; undefined when it has none. */
  readonly oldestPortal: (queries: TenantQueries) => Promise<AccessPortal | undefined>;
  /** Where administrators write templates. */
  readonly pages: Pick<PortalPages, 'list'>;
  /** A setting of the organisation by its key. */
  readonly settingOf: (org: string, key: string) => Promise<unknown>;
  /** Undefined where extensions are not composed in: no portal has hooks then. */
  readonly contractHook: ContractHook | undefined;
  readonly graph: EntityGraph;
  readonly clock: Clock;
}
