export {
  type CounterQuestion,
  countersOf,
  type ResolvedCounter,
  resolveCounter,
} from './counters/resolve-counter.ts';
export { type ErpOrigin, Metering, type WriteCause } from './metering.ts';
export {
  type Direction,
  type Reading,
  type ReadingPlace,
  readingToWire,
  type Source,
  type Status,
} from './reading.ts';
export { listReadings, type ReadingPage, type ReadingQuery } from './store/list-readings.ts';
export { type AllowedRange, allowedRanges } from './submission/allowed-range.ts';
export { checkReading } from './submission/check-reading.ts';
export { type Implausibility, plausibleRange, type ValueRange } from './submission/plausibility.ts';
export { type PreparedReading, prepareReading, type SubmittedReading } from './submission/prepare-reading.ts';
export { type RefusedReadingReason, refusedReading } from './submission/refused-reading.ts';
export type { ErpReading, ErpWrite, ErpWriteResult } from './writing/erp-write.ts';
