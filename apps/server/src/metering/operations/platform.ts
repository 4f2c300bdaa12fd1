import type { Clock } from '../../ports/index.ts';
import type { Metering } from '../metering.ts';
import type { ViewerSources } from './viewer.ts';

/** What the metering operations are built on. */
export interface MeteringPlatform extends ViewerSources {
  readonly clock: Clock;
  readonly metering: Metering;
}
