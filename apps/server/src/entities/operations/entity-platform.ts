import type { Clock } from '../../ports/index.ts';
import type { EntityGraph } from '../entity-graph.ts';
import type { EntityAccess } from './entity-access.ts';

/** What the entity operations work with. */
export interface EntityPlatform {
  readonly graph: EntityGraph;
  readonly access: EntityAccess;
  readonly clock: Clock;
}
