import { Refusal } from '../refusal.ts';

/**
 * 400 in the shape of the Pricing API's errors (spec/pricing.md B0.2).
 * @param cause where or why, for example `line_items[3].price_id`
 */
export function invalidPayload(message: string, cause: string, code = 'INVALID_PAYLOAD'): Refusal {
  return new Refusal(400, code, message, { members: { cause } });
}
