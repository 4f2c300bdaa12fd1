import type { Operations } from '../../contract/operation-types.ts';
import type { Call } from '../../http/call.ts';
import type { Egress } from '../../ports/index.ts';
import { forbidden, invalid, notFound } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { getIntegration, listIntegrations } from '../integrations/integration-store.ts';
import type { IntegrationPlatform } from '../platform.ts';
import { changedBy } from '../use-cases/changed-by.ts';
import { saveChange } from '../use-cases/save-use-case.ts';
import type { UseCase } from '../use-cases/use-case.ts';
import { readHistory } from '../use-cases/use-case-history.ts';
import { getUseCase, listUseCasesOfType } from '../use-cases/use-case-store.ts';
import type { FindSecureRoute } from './find-secure-route.ts';
import { readSecureProxy, whitelistProblems } from './secure-proxy-configuration.ts';
import { sendThrough } from './send-through.ts';

interface SecureProxyPlatform extends Pick<IntegrationPlatform, 'access' | 'clock'> {
  readonly egress: Egress;
  readonly secureRoute: FindSecureRoute;
}

type WhitelistCall = Call<{ readonly integrationId: string; readonly useCaseId: string }>;

const HISTORY_PAGE = 20;

/** Secure proxies: which there are, what they allow, and requests through them. */
export function secureProxyOperations(platform: SecureProxyPlatform): Operations<'integration-toolkit'> {
  const { access, clock, egress, secureRoute } = platform;

  /** The contract keeps these to staff: whoever acts for an installed app does not say where apps may go. */
  async function requireWhitelistRight({ principal, parameters }: WhitelistCall): Promise<void> {
    if (principal.kind === 'app') throw forbidden('Not permitted: secure-proxy-whitelist by an app');
    await access.requireGrant({ principal }, 'integration:manage', `integration:${parameters.integrationId}`);
  }

  return {
    async listSecureProxies(call) {
      await access.requireGrant(call, 'integration:view');
      const names = new Map(
        (await listIntegrations(call.tenant)).map(({ id, definition }) => [id, definition.name]),
      );
      const useCases = await listUseCasesOfType(call.tenant, 'secure_proxy');
      return { secure_proxies: useCases.flatMap((one) => summary(one, names.get(one.integrationId))) };
    },

    async secureProxy(call) {
      const { integration_id: integrationId, use_case_id: id, use_case_slug: slug, ...request } = call.body;
      await access.requireGrant(call, 'integration:manage', `integration:${integrationId}`);
      if ((id === undefined) === (slug === undefined))
        throw invalid({
          path: 'body.use_case_slug',
          message: 'exactly one of use_case_id and use_case_slug is required',
        });
      const useCase = id === undefined ? { slug: slug ?? '' } : { id };
      const route = await secureRoute(call.tenant, { integrationId, useCase });
      return sendThrough(egress, route, request);
    },

    async getSecureProxyWhitelist(call) {
      await requireWhitelistRight(call);
      return whitelist(await secureProxyOf(call.tenant, call.parameters));
    },

    async updateSecureProxyWhitelist(call) {
      await requireWhitelistRight(call);
      const { allowed_domains, allowed_ips } = call.body;
      const problems = whitelistProblems({ allowed_domains, allowed_ips }, 'body');
      if (allowed_domains === undefined && allowed_ips === undefined)
        problems.push({ path: 'body', message: 'must have allowed_domains or allowed_ips' });
      if (problems.length > 0) throw invalid(problems);
      return call.tenant.transaction(async (tx) => {
        await getIntegration(tx, call.parameters.integrationId, 'for update');
        const stored = await secureProxyOf(tx, call.parameters);
        if (!readSecureProxy(stored.configuration).mode)
          throw invalid({ path: 'body', message: 'comes too early: the use case has no vpc_mode' });
        const configuration = {
          ...stored.configuration,
          ...(allowed_domains ? { allowed_domains } : {}),
          ...(allowed_ips ? { allowed_ips } : {}),
        };
        const changed = {
          ...stored,
          configuration,
          changeDescription: 'Whitelist of the secure proxy changed',
        };
        return whitelist(await saveChange(tx, stored, { ...changed, changedBy: whoIs(call) }, clock.now()));
      });
    },

    async listSecureProxyWhitelistHistory(call) {
      await requireWhitelistRight(call);
      await secureProxyOf(call.tenant, call.parameters);
      const { history } = await readHistory(call.tenant, call.parameters.useCaseId, undefined);
      return { history: history.slice(0, Math.min(call.parameters.limit ?? 10, HISTORY_PAGE)) };
    },
  };
}

/** @throws Refusal 404 for use cases that are unknown or of another type */
async function secureProxyOf(
  queries: TenantQueries,
  { integrationId, useCaseId }: { readonly integrationId: string; readonly useCaseId: string },
): Promise<UseCase> {
  const useCase = await getUseCase(queries, integrationId, useCaseId);
  if (useCase.type !== 'secure_proxy') throw notFound('The secure proxy', 'USE_CASE_NOT_FOUND');
  return useCase;
}

function whitelist({ configuration }: UseCase) {
  const { mode, domains, ranges } = readSecureProxy(configuration);
  return { vpc_mode: mode ?? null, allowed_domains: domains, allowed_ips: ranges };
}

/** Proxies without a mode cannot be used, and are not offered. */
function summary(useCase: UseCase, integrationName: string | undefined) {
  const { id, name, slug, enabled, integrationId } = useCase;
  const { mode, domains, ranges } = readSecureProxy(useCase.configuration);
  if (!mode || integrationName === undefined) return [];
  return [
    {
      ...{ id, name, enabled, vpc_mode: mode, allowed_domains: domains, allowed_ips: ranges },
      ...(slug === undefined ? {} : { slug }),
      ...{ integration_id: integrationId, integration_name: integrationName },
    },
  ];
}

/** The contract wants the address of the person here, and has the id elsewhere. */
function whoIs({ principal }: WhitelistCall): string | undefined {
  return principal.kind === 'user' ? principal.email : changedBy(principal);
}
