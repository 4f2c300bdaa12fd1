import type { BodyOf } from '../contract/operation-types.ts';
import type { TenantQueries } from '../storage/index.ts';

/** Where and when something is to be delivered (contract schema `AvailabilityFilters`). */
export type AvailabilityFilters = NonNullable<BodyOf<'pricing', '$searchCatalog'>['availability']>;

/** Tells which of some products can be delivered (spec/pricing.md B8): their ids, in the order asked. */
export type FindAvailableProducts = (
  queries: TenantQueries,
  productIds: readonly string[],
  filters: AvailabilityFilters,
) => Promise<readonly string[]>;
