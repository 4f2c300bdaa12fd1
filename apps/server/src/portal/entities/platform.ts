import type { EntityGraph } from '../../entities/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { AccessOf } from '../access/index.ts';

/** What the operations on a portal user's entities stand on. */
export interface PortalEntitiesPlatform {
  readonly accessOf: AccessOf;
  readonly graph: EntityGraph;
  readonly clock: Clock;
}
