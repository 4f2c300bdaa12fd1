export { forgetPurged } from './forget-purged.ts';
export { contractTerm } from './metering/contract-period.ts';
export { httpPhotoRecognition } from './metering/http-photo-recognition.ts';
export type {
  CounterLimits,
  MeterQuestion,
  PlausibilityHook,
  ReadingQuestion,
  ReadingVerdict,
} from './metering/plausibility-hook.ts';
export { notificationQueue } from './notifications/notification-queue.ts';
export { notificationListener } from './notifications/notification-triggers.ts';
export { overdueQueue } from './notifications/overdue-queue.ts';
export { serviceOperations } from './service-operations.ts';
export type { ServicePlatform } from './service-platform.ts';
