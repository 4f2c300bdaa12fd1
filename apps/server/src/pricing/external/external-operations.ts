import type { Operations } from '../../contract/operation-types.ts';
import type { PricingPlatform } from '../platform.ts';
import { externalCatalogOperations } from './catalog/external-catalog-operations.ts';
import { credentialsOperations } from './credentials-operations.ts';
import { getagOperations } from './getag/getag-operations.ts';
import { Partners } from './partner.ts';

/** What partners of an organisation offer, and how the server signs in at them. */
export function externalOperations(platform: PricingPlatform): Operations<'pricing'> {
  const partners = new Partners(platform);
  return {
    ...credentialsOperations(platform),
    ...getagOperations(platform, partners),
    ...externalCatalogOperations(platform, partners),
  };
}
