import type { FastifyInstance } from 'fastify';
import { asObject } from '../../../contract/json-object.ts';
import type { Operation } from '../../../contract/openapi-document.ts';
import type { Document } from '../../../entities/index.ts';
import { type Identity, writeAudit } from '../../../identity/index.ts';
import type { Clock, SecretBox } from '../../../ports/index.ts';
import { invalid, unauthorized } from '../../../refusal.ts';
import type { Database } from '../../../storage/index.ts';
import { actorOf } from '../../audit-actor.ts';
import { documentsOf } from '../../documents.ts';
import type { PricingPlatform } from '../../platform.ts';
import { INTEGRATION_GRANT } from '../credentials-operations.ts';
import { componentProblems, optionProblems } from './component-problems.ts';
import { replaceComponents } from './component-store.ts';

const MOST_COMPONENTS = 50;
/** Stands for the app itself where values of options name a component (App API, contract schema `OptionsRef`). */
const WHOLE_APP = '$app';

/** How the registration is known to authentication: members of staff and their access tokens. */
const INSTALL: Operation = {
  api: 'pricing',
  operationId: 'putAppComponents',
  method: 'PUT',
  path: '/ext/v1/apps/{app_id}/components',
  deprecated: false,
  security: ['EpilotAuth'],
  anonymous: false,
  parameters: [],
  body: undefined,
  responses: new Map(),
};

/** What installing components is built on. */
interface InstallPlatform {
  readonly database: Database;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  readonly identity: Pick<Identity, 'authenticate'>;
  readonly access: PricingPlatform['access'];
}

/**
 * `PUT /ext/v1/apps/{app_id}/components` with `{ components, option_values? }`: installs the external catalogs of an app and the values of their
 * options, in place of those before; an empty list uninstalls them (spec/pricing.md B20.1; our own endpoint, in the shapes of the App API).
 * Values of options are sealed and never answered. Needs the grant to manage integrations.
 */
export function componentRoutes({ database, clock, secrets, identity, access }: InstallPlatform) {
  return async (app: FastifyInstance): Promise<void> => {
    app.put('/ext/v1/apps/:app_id/components', async (request) => {
      const principal = await identity.authenticate(request, INSTALL);
      request.principal = principal;
      const { org } = principal;
      if (principal.kind === 'portal_user' || org === undefined) throw unauthorized();
      await access.requireGrant({ principal }, INTEGRATION_GRANT);
      const appId = String(asObject(request.params)['app_id']);
      const { components, option_values: values } = asObject(request.body);
      const sent = readComponents(components, values);
      const now = clock.now();
      const installed = sent.map((definition) => ({
        appId,
        id: String(definition['id']),
        definition,
        options: optionsFor(String(definition['id']), documentsOf(values)),
        installedAt: now,
      }));
      await database.tenant(org).transaction(async (tx) => {
        await replaceComponents(tx, secrets, appId, installed);
        await writeAudit(tx, now, {
          actor: actorOf(principal),
          action: 'pricing.catalog-components.save',
          resource: `app:${appId}`,
          requestId: request.id,
          result: 'success',
        });
      });
      return { components: sent };
    });
  };
}

function readComponents(components: unknown, values: unknown): Document[] {
  const sent = documentsOf(components);
  if (!Array.isArray(components) || components.length !== sent.length)
    throw invalid({ path: 'body.components', message: 'must be a list of objects' });
  if (sent.length > MOST_COMPONENTS)
    throw invalid({ path: 'body.components', message: `has more than ${MOST_COMPONENTS} items` });
  const problems = [...componentProblems(sent), ...optionProblems(values)];
  if (problems.length > 0) throw invalid(problems);
  return sent;
}

/** The values for a component: those of the app, and its own in their place. */
function optionsFor(componentId: string, values: readonly Document[]): Record<string, string> {
  const ofComponent = (id: string) =>
    values.filter(({ component_id: named }) => named === id).flatMap(({ options }) => documentsOf(options));
  return Object.fromEntries(
    [...ofComponent(WHOLE_APP), ...ofComponent(componentId)].map(({ key, value }) => [
      String(key),
      String(value),
    ]),
  );
}
