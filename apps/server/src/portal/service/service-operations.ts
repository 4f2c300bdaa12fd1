import type { Operations } from '../../contract/operation-types.ts';
import { automationOperations } from './automation/automation-operations.ts';
import { templateOperations } from './automation/template-operations.ts';
import { billingOperations } from './billing/billing-operations.ts';
import { fileReadingOperations } from './files/file-reading-operations.ts';
import { fileWritingOperations } from './files/file-writing-operations.ts';
import { meteringOperations } from './metering/metering-operations.ts';
import { photoOperations } from './metering/photo-operations.ts';
import { inboxOperations } from './notifications/inbox-operations.ts';
import { notificationOperations } from './notifications/notification-operations.ts';
import type { ServicePlatform } from './service-platform.ts';

/** Files, billing, metering, notifications, campaigns and what automations ask (spec/portal.md §6-8, §10). */
export function serviceOperations(platform: ServicePlatform): Operations<'customer-portal'> {
  return {
    ...automationOperations(platform),
    ...templateOperations(platform),
    ...billingOperations(platform),
    ...fileReadingOperations(platform),
    ...fileWritingOperations(platform),
    ...photoOperations(platform),
    ...meteringOperations(platform),
    ...notificationOperations(platform),
    ...inboxOperations(platform),
  };
}
