import type { Operations } from '../../contract/operation-types.ts';
import { conflict, notFound } from '../../refusal.ts';
import type { IntegrationPlatform } from '../platform.ts';
import { mapApp, unmapApp } from './app-mapping-store.ts';
import { getIntegration } from './integration-store.ts';

/** Which app component speaks for which integration (erp-integration.md 3.6). */
export function appMappingOperations({ access }: IntegrationPlatform): Operations<'integration-toolkit'> {
  return {
    async setIntegrationAppMapping(call) {
      const { integrationId } = call.parameters;
      await access.requireGrant(call, 'integration:manage', `integration:${integrationId}`);
      const { body } = call;
      return call.tenant.transaction(async (tx) => {
        await getIntegration(tx, integrationId, 'for update');
        if (!(await mapApp(tx, body, integrationId, body.overwrite ?? false)))
          throw conflict('This component of the app is mapped already', 'APP_MAPPING_EXISTS');
        return { integration_id: integrationId };
      });
    },

    async deleteIntegrationAppMapping(call) {
      const { integrationId } = call.parameters;
      await access.requireGrant(call, 'integration:manage', `integration:${integrationId}`);
      await getIntegration(call.tenant, integrationId);
      if (!(await unmapApp(call.tenant, call.body, integrationId)))
        throw notFound('The app mapping', 'APP_MAPPING_NOT_FOUND');
      return { message: 'App mapping deleted' };
    },
  };
}
