import type { FastifyInstance } from 'fastify';
import { asObject } from '../../../contract/json-object.ts';
import type { Operation } from '../../../contract/openapi-document.ts';
import { invalid, unauthorized } from '../../../refusal.ts';
import { PortalRights } from '../../config/index.ts';
import type { HooksPlatform } from '../hooks-platform.ts';
import { objectsOf } from './extension.ts';
import { extensionProblems } from './extension-problems.ts';
import { replaceExtensions } from './extension-store.ts';

/** How the registration is known to authentication: members of staff and their access tokens. */
const REGISTER: Operation = {
  api: 'customer-portal',
  operationId: 'putAppExtensions',
  method: 'PUT',
  path: '/ext/v1/apps/{app_id}/extensions',
  deprecated: false,
  security: ['EpilotAuth'],
  anonymous: false,
  parameters: [],
  body: undefined,
  responses: new Map(),
};

/**
 * `PUT /ext/v1/apps/{app_id}/extensions` with `{app_name, extensions}`: installs what an app offers to portals, in place of what it offered before
 * (portal §9.1; our own endpoint). Needs the grant to edit portals.
 */
export function extensionRegistryRoutes(platform: Pick<HooksPlatform, 'database' | 'clock' | 'identity'>) {
  const { database, clock, identity } = platform;
  return async (app: FastifyInstance): Promise<void> => {
    app.put('/ext/v1/apps/:app_id/extensions', async (request) => {
      const principal = await identity.authenticate(request, REGISTER);
      request.principal = principal;
      const { org } = principal;
      if (principal.kind === 'portal_user' || org === undefined) throw unauthorized();
      (await PortalRights.of(identity.access, principal)).requireAny('edit');
      const appId = String(asObject(request.params)['app_id']);
      const { app_name: appName = appId, extensions } = asObject(request.body);
      if (!Array.isArray(extensions)) throw invalid({ path: 'body.extensions', message: 'must be a list' });
      const sent = objectsOf(extensions);
      const problems = extensionProblems(sent);
      if (problems.length > 0) throw invalid(problems);
      const installed = sent.map((extension) => ({
        id: String(extension['id']),
        appId,
        definition: { ...extension, app_id: appId, app_name: String(appName) },
      }));
      await replaceExtensions(database.tenant(org), appId, installed, clock.now());
      return { extensions: installed.map(({ definition }) => definition) };
    });
  };
}
