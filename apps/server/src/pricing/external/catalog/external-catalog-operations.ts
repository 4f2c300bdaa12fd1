import type { BodyOf, Operations } from '../../../contract/operation-types.ts';
import { countAttempt } from '../../../identity/index.ts';
import { invalidPayload } from '../../invalid-payload.ts';
import type { PricingPlatform } from '../../platform.ts';
import { Signatures } from '../../signature.ts';
import type { IntegrationId } from '../credentials.ts';
import { PARTNER_QUESTIONS, type Partners } from '../partner.ts';
import { type CatalogRequest, ExternalCatalogs } from './ask-catalog.ts';
import { readProducts, readRecommendations } from './catalog-answers.ts';

/** Products and recommendations of partners, priced by us and signed, so that a browser can bring them back (spec/pricing.md B12, B13, B20, B21). */
export function externalCatalogOperations(
  platform: PricingPlatform,
  partners: Partners,
): Operations<'pricing'> {
  const { clock, report } = platform;
  const signatures = new Signatures(platform);
  const catalogs = new ExternalCatalogs(platform);
  const readingFor = (org: string) => ({ org, now: clock.now(), signatures, report });

  return {
    async $searchExternalProducts({ tenant, parameters, body, ip }) {
      requireExternalCatalog(parameters.integrationId);
      await countAttempt(tenant, PARTNER_QUESTIONS, ip, clock.now());
      const answer = await partners.ask(tenant, 'external-catalog', 'products', { ...body });
      return readProducts(answer, readingFor(tenant.org));
    },

    async $searchExternalProductRecommendations({ tenant, parameters, body, ip }) {
      requireExternalCatalog(parameters.integrationId);
      await countAttempt(tenant, PARTNER_QUESTIONS, ip, clock.now());
      const answer = await partners.ask(tenant, 'external-catalog', 'product-recommendations', { ...body });
      return readRecommendations(answer, readingFor(tenant.org));
    },

    async $getExternalCatalogProducts({ tenant, body, ip }) {
      await countAttempt(tenant, PARTNER_QUESTIONS, ip, clock.now());
      const answer = await catalogs.ask(tenant, 'products', readRequest(body));
      return readProducts(answer, readingFor(tenant.org));
    },

    async $getExternalCatalogProductRecommendations({ tenant, body, ip }) {
      await countAttempt(tenant, PARTNER_QUESTIONS, ip, clock.now());
      const answer = await catalogs.ask(tenant, 'product-recommendations', readRequest(body));
      return readRecommendations(answer, readingFor(tenant.org));
    },
  };
}

/** The contract leaves the configuration out of what it requires; nothing can be asked without. */
function readRequest({ config, context }: BodyOf<'pricing', '$getExternalCatalogProducts'>): CatalogRequest {
  if (!config) throw invalidPayload('Invalid payload', 'body.config: is required');
  return { config, context };
}

function requireExternalCatalog(integration: IntegrationId): void {
  if (integration !== 'external-catalog')
    throw invalidPayload('Invalid payload', 'parameters.integrationId: must be external-catalog');
}
