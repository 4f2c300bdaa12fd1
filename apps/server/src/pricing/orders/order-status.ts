/** Whether an order in this status has been given by the customer, and uses up promo codes (spec/pricing.md B2.8). */
export function isPlaced(status: unknown): boolean {
  return status === 'placed' || status === 'completed';
}
