import { computeAggregatedAndPriceTotals, type PriceItemDto } from '@busbar/pricing';
import { CART_KINDS, type CartKind, cartOf } from './carts.ts';

/**
 * What pricing a cart costs, beside reading the cart and writing the result as JSON in the same run. The ratio is what
 * travels between machines. Run with `node bench/pricing/pricing.bench.ts`; `--quick` does fewer rounds.
 */
const SIZES = [1, 3, 9, 100] as const;
const VARIANTS = 32;
const ROUNDS = process.argv.includes('--quick') ? 3 : 9;
const ROUND_MILLISECONDS = 25;

let sink = 0;

console.log(`Pricing a cart, microseconds per cart, median of ${ROUNDS} rounds, Node ${process.version}`);
console.log('kind                items    price   json     ratio   exact ratio   cart+result kB');
for (const kind of CART_KINDS) {
  for (const size of SIZES) report(kind, size);
}
if (sink === 0) console.log('nothing was computed');

function report(kind: CartKind, size: number): void {
  const texts = Array.from({ length: VARIANTS }, (_, variant) => JSON.stringify(cartOf(kind, size, variant)));
  const carts: PriceItemDto[][] = texts.map((text) => JSON.parse(text));
  const results = carts.map((cart) => computeAggregatedAndPriceTotals(cart));
  requireAmounts(kind, results);

  const price = (i: number) => computeAggregatedAndPriceTotals(carts[i] ?? []).amount_total;
  const exact = (i: number) =>
    computeAggregatedAndPriceTotals(carts[i] ?? [], { arithmetic: 'exact' }).amount_total;
  const json = (i: number) => JSON.parse(texts[i] ?? '').length + JSON.stringify(results[i]).length;
  const [priceTime, jsonTime, exactTime] = medians([price, json, exact]);

  const bytes = texts.join('').length + JSON.stringify(results).length;
  console.log(
    [
      kind.padEnd(19),
      String(size).padStart(5),
      priceTime.toFixed(2).padStart(9),
      jsonTime.toFixed(2).padStart(8),
      `${(priceTime / jsonTime).toFixed(2)}x`.padStart(8),
      `${(exactTime / jsonTime).toFixed(2)}x`.padStart(12),
      (bytes / VARIANTS / 1000).toFixed(1).padStart(15),
    ].join(' '),
  );
}

/** A cart that costs nothing would make a fast benchmark of nothing. */
function requireAmounts(kind: CartKind, results: readonly { amount_total: number }[]): void {
  if (results.some((result) => !(result.amount_total > 0))) throw new Error(`a ${kind} cart was not priced`);
}

/** Rounds alternate between the candidates, so that a noisy moment hits all of them. */
function medians(candidates: readonly ((variant: number) => number)[]): [number, number, number] {
  const times = candidates.map((): number[] => []);
  for (const candidate of candidates) timePerCall(candidate);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, candidate] of candidates.entries()) times[index]?.push(timePerCall(candidate));
  }
  const [first = [], second = [], third = []] = times;
  return [median(first), median(second), median(third)];
}

/** Microseconds per call. */
function timePerCall(candidate: (variant: number) => number): number {
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  while (elapsed < ROUND_MILLISECONDS) {
    for (let variant = 0; variant < VARIANTS; variant++) sink += candidate(variant);
    calls += VARIANTS;
    elapsed = performance.now() - start;
  }
  return (elapsed * 1000) / calls;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
