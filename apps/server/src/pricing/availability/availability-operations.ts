import type { Operations } from '../../contract/operation-types.ts';
import { findEntity } from '../../entities/index.ts';
import { invalidPayload } from '../invalid-payload.ts';
import type { PricingPlatform } from '../platform.ts';
import { type Availability, isAvailable } from './availability.ts';

const MOST_PRODUCTS = 1_000;
const MOST_ERRORS = 100;

/** Where and when products can be delivered, and whether the files that say so can be read (spec/pricing.md B8, B9). */
export function availabilityOperations(
  { access }: Pick<PricingPlatform, 'access'>,
  availability: Availability,
): Operations<'pricing'> {
  return {
    async $availabilityCheck({ tenant, body: { products, filters } }) {
      if (products.length > MOST_PRODUCTS)
        throw invalidPayload('Invalid payload', `body.products: has more than ${MOST_PRODUCTS} items`);
      const checks = await availability.check(tenant, products, filters);
      return {
        available_products: checks.filter(isAvailable).map(({ product_id: id }) => id),
        check_results: checks,
      };
    },

    async $validateAvailabilityFile(call) {
      const { id } = call.parameters;
      await access.requireGrant(call, 'entity:view', `product:${id}`);
      const product = await findEntity(call.tenant, id, 'product');
      if (!product) throw invalidPayload('product not found', `path.id: ${id}`, 'PRODUCT_NOT_FOUND');
      const files = await availability.filesOf(call.tenant, product);
      const problems = files.flatMap((file) => file.problems);
      const errors = files.length === 0 ? [{ msg: 'No availability file found' }] : problems;
      return {
        status: errors.length === 0 ? 'success' : 'error',
        rules_parsed_count: files.reduce((count, { book }) => count + book.size, 0),
        errors: errors.slice(0, MOST_ERRORS),
      };
    },
  };
}
