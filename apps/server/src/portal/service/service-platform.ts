import type { EntityGraph } from '../../entities/index.ts';
import type { Files } from '../../files/index.ts';
import type { Access } from '../../identity/index.ts';
import type { Metering } from '../../metering/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { AccessOf } from '../access/index.ts';
import type { PortalPages, Portals } from '../config/index.ts';
import type { PhotoRecognition } from './metering/photo-recognition.ts';
import type { PlausibilityHook } from './metering/plausibility-hook.ts';

/** What the service operations stand on. */
export interface ServicePlatform {
  readonly clock: Clock;
  /** The access rules of the portal user behind a call. */
  readonly accessOf: AccessOf;
  /** Grants of staff and API tokens. */
  readonly grants: Access;
  readonly entities: EntityGraph;
  readonly portals: Portals;
  readonly pages: Pick<PortalPages, 'list'>;
  readonly metering: Metering;
  readonly files: Files;
  /** What the portals' third parties say about readings. */
  readonly plausibility: PlausibilityHook;
  /** Reads meters off photos, where something can. */
  readonly recognition?: PhotoRecognition | undefined;
}
