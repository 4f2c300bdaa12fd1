import type { Document } from '../../entities/index.ts';
import { invalidPayload } from '../invalid-payload.ts';

const MOST_ITEMS = 500;
const MOST_COMPONENTS = 200;

/** Throws 400 for more line items, or more components of one, than a cart may have (spec/pricing.md B0.2). */
export function refuseTooMany(items: readonly Document[]): void {
  if (items.length > MOST_ITEMS) {
    throw invalidPayload('Invalid payload', `line_items: has more than ${MOST_ITEMS} items`);
  }
  const index = items.findIndex(({ item_components: components }) => {
    return Array.isArray(components) && components.length > MOST_COMPONENTS;
  });
  if (index >= 0) {
    throw invalidPayload(
      'Invalid payload',
      `line_items[${index}].item_components: has more than ${MOST_COMPONENTS} items`,
    );
  }
}
