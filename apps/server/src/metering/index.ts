export { READ_ATTRIBUTE } from './changesets/reading-edit-mode.ts';
export { ConsumptionCurve, type CurveReading } from './consumption/consumption-curve.ts';
export { consumptionOfMeters, type RegisterConsumption } from './consumption/consumption-of-meters.ts';
export type { RegisterType } from './consumption/register-type.ts';
export { loadMeters, type MeterWithCounters } from './counters/load-meters.ts';
export {
  type CounterQuestion,
  type ResolvedCounter,
  resolveCounter,
} from './counters/resolve-counter.ts';
export { type ErpOrigin, Metering, type WriteCause } from './metering.ts';
export { meteringOperations } from './operations/metering-operations.ts';
export type { MeteringPlatform } from './operations/platform.ts';
export type { Viewer } from './operations/viewer.ts';
export {
  type Direction,
  type Reading,
  type ReadingPlace,
  readingToWire,
  type Source,
  type Status,
} from './reading.ts';
export { readInstant } from './reading-instant.ts';
export { listReadings, type ReadingPage, type ReadingQuery } from './store/list-readings.ts';
export { type AllowedRange, allowedRanges } from './submission/allowed-range.ts';
export { checkReading } from './submission/check-reading.ts';
export type { Implausibility, ValueRange } from './submission/plausibility.ts';
export { type PreparedReading, prepareReading, type SubmittedReading } from './submission/prepare-reading.ts';
export { type RefusedReadingReason, refusedReading } from './submission/refused-reading.ts';
export type { ErpReading, ErpWrite, ErpWriteResult } from './writing/erp-write.ts';
