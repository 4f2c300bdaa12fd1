import type { Operations } from '../../contract/operation-types.ts';
import type { AccessOf } from '../access/index.ts';
import type { ConfigPlatform } from './config-platform.ts';
import { domainOperations } from './domain-operations.ts';
import { emailTemplateOperations } from './email-template-operations.ts';
import { identifierOperations } from './identifier-operations.ts';
import { organisationSettingsOperations } from './organisation-settings.ts';
import { portalFileOperations } from './portal-file-operations.ts';
import { portalLifeOperations } from './portal-life-operations.ts';
import { configReadOperations } from './read-operations.ts';
import { schemaOperations } from './schema-operations.ts';
import { widgetOperations } from './widget-operations.ts';
import { configWriteOperations } from './write-operations.ts';

/** The operations of the Portal API on configurations and what administrators set beside them. */
export function configOperations(
  platform: ConfigPlatform,
  accessOf: AccessOf,
): Operations<'customer-portal'> {
  return {
    ...configReadOperations(platform),
    ...configWriteOperations(platform),
    ...portalLifeOperations(platform),
    ...emailTemplateOperations(platform),
    ...widgetOperations(platform, accessOf),
    ...organisationSettingsOperations(platform),
    ...schemaOperations(platform, accessOf),
    ...identifierOperations(platform),
    ...domainOperations(platform),
    ...portalFileOperations(platform),
  };
}
