import type { Operations } from '../../contract/operation-types.ts';
import { type Principal, writeAudit } from '../../identity/index.ts';
import { type Egress, EgressError } from '../../ports/index.ts';
import { notFound } from '../../refusal.ts';
import { isSecureUrl } from '../../third-party/index.ts';
import { actorOf } from '../audit-actor.ts';
import { invalidPayload } from '../invalid-payload.ts';
import type { PricingPlatform } from '../platform.ts';
import {
  type Credentials,
  deleteCredentials,
  findCredentials,
  type IntegrationId,
  saveCredentials,
} from './credentials.ts';

/** Who may manage integrations may see how the server signs in at partners (spec/pricing.md B17-B19). */
export const INTEGRATION_GRANT = 'integration:manage';

/** Keeping the credentials of partners: sealed at rest, shown to administrators of integrations only, changes audited without secrets. */
export function credentialsOperations(platform: PricingPlatform): Operations<'pricing'> {
  const { access, clock, egress, secrets } = platform;

  const audit = (action: string, integration: IntegrationId, principal: Principal, requestId: string) => ({
    ...{ actor: actorOf(principal), action, resource: `pricing_integration:${integration}`, requestId },
    result: 'success' as const,
  });

  return {
    async $getCredentials(call) {
      await access.requireGrant(call, INTEGRATION_GRANT);
      const credentials = await findCredentials(call.tenant, secrets, call.parameters.integrationId);
      if (!credentials) throw notFound('The credentials', 'CREDENTIALS_NOT_FOUND');
      return credentials;
    },

    async $saveCredentials(call) {
      await access.requireGrant(call, INTEGRATION_GRANT);
      const { integrationId } = call.parameters;
      const credentials = withoutTokens(call.body);
      for (const [path, url] of urlsOf(credentials)) await requireUsableUrl(egress, url, path);
      await call.tenant.transaction(async (tx) => {
        await saveCredentials(tx, platform, integrationId, credentials);
        const entry = audit('pricing.credentials.save', integrationId, call.principal, call.requestId);
        await writeAudit(tx, clock.now(), entry);
      });
      return undefined;
    },

    async $deleteCredentials(call) {
      await access.requireGrant(call, INTEGRATION_GRANT);
      const { integrationId } = call.parameters;
      await call.tenant.transaction(async (tx) => {
        await deleteCredentials(tx, integrationId);
        const entry = audit('pricing.credentials.delete', integrationId, call.principal, call.requestId);
        await writeAudit(tx, clock.now(), entry);
      });
      return undefined;
    },
  };
}

/** Tokens that a client has got meanwhile are not configuration: the server gets its own. */
function withoutTokens(credentials: Credentials): Credentials {
  if (!('oauth' in credentials) || !credentials.oauth) return credentials;
  const { client_id, client_secret, authorization_url, grant_type, scope } = credentials.oauth;
  const oauth = { client_id, client_secret, authorization_url, grant_type };
  return { ...credentials, oauth: scope === undefined ? oauth : { ...oauth, scope } };
}

function urlsOf(credentials: Credentials): [path: string, url: string][] {
  const urls: [string, string | undefined][] = [
    ['body.base_url', credentials.base_url],
    [
      'body.oauth.authorization_url',
      'oauth' in credentials ? credentials.oauth?.authorization_url : undefined,
    ],
  ];
  return urls.flatMap(([path, url]) => (url === undefined ? [] : [[path, url]]));
}

/** `https` and public; on this machine `http` will do, if the operator lets requests go there at all. */
async function requireUsableUrl(egress: Egress, url: string, path: string): Promise<void> {
  if (!isSecureUrl(url)) throw invalidPayload('Invalid payload', `${path}: must be an https URL`);
  try {
    await egress.check(url);
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    throw invalidPayload('Invalid payload', `${path}: cannot be called (${error.code})`);
  }
}
