import type { Api } from './operation-types.ts';

/** The three APIs of which every operation is a route; the ones without a handler answer 501. */
export const WHOLE_APIS = [
  'customer-portal',
  'pricing',
  'integration-toolkit',
] as const satisfies readonly Api[];

/**
 * What an operator needs beside them, from other published contracts (spec/entities.md §12). Of these APIs, operations become routes when a
 * room brings a handler; the ones named here must have one.
 */
export const OPERATOR_OPERATIONS = {
  entity: [
    'listSchemas',
    'getSchema',
    'putSchema',
    'searchEntities',
    'listEntities',
    'createEntity',
    'upsertEntity',
    'getEntityV2',
    'getEntity',
    'patchEntity',
    'updateEntity',
    'deleteEntity',
    'restoreEntity',
    'getRelationsV3',
    'addRelations',
    'deleteRelation',
    'getEntityActivityFeed',
  ],
  metering: [
    'getMeterCounters',
    'getReadingsByInterval',
    'batchWriteMeterReadings',
    'pruneMeterReadings',
    'getMetersByContractId',
    'getReadingChangesets',
    'applyReadingChangeset',
    'dismissReadingChangeset',
    'updateReadingChangeset',
  ],
  file: [
    'uploadFileV2',
    'saveFileV2',
    'downloadFile',
    'previewFile',
    'verifyCustomDownloadUrl',
    'getFile',
    'deleteFile',
  ],
  webhooks: [
    'createConfig',
    'getConfigs',
    'updateConfig',
    'deleteConfig',
    'getPublicKey',
    'getWebhookEventsV2',
    'getEventById',
    'replayEvent',
    'batchReplayEvents',
  ],
  'event-catalog': ['listEvents', 'patchEvent', 'triggerEvent', 'getEventExample'],
  'access-token': ['createAccessToken', 'listAccessTokens', 'revokeAccessToken', 'getAccessTokenJwks'],
  environments: [
    'listEnvironmentVariables',
    'createEnvironmentVariable',
    'updateEnvironmentVariable',
    'deleteEnvironmentVariable',
  ],
  workflow: ['createExecution', 'getExecution', 'updateExecution', 'updateStep'],
  'workflow-definition': [
    'getDefinitions',
    'getDefinition',
    'createDefinition',
    'updateDefinition',
    'deleteDefinition',
  ],
  permissions: [
    'listCurrentRoles',
    'listAllRoles',
    'searchRoles',
    'getRole',
    'createRole',
    'putRole',
    'deleteRole',
    'refreshPermissions',
    'getAssignedRolesForUser',
    'assignRoles',
    'addAssignment',
    'removeAssignment',
    'listAllAssignments',
  ],
  'template-variables': [
    'getCustomVariables',
    'searchCustomVariables',
    'createCustomVariable',
    'getCustomVariable',
    'updateCustomVariable',
    'deleteCustomVariable',
  ],
} as const satisfies Partial<Record<Api, readonly string[]>>;

/** Whether an operation is a route even without a handler. */
export function isServedWhole(api: Api): boolean {
  return WHOLE_APIS.some((whole) => whole === api);
}
