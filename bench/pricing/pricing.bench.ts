import { computeAggregatedAndPriceTotals, type PriceItemDto } from '@busbar/pricing';
import { CART_KINDS, type CartKind, cartOf } from './carts.ts';

/**
 * What pricing a cart costs, beside reading the cart and writing the result as JSON in the same run. The ratio is what
 * travels between machines. Times are those of the processor, garbage collection included, so that a busy machine does not count. Run with `node bench/pricing/pricing.bench.ts`; `--quick` does fewer rounds.
 *
 * The default arithmetic is measured before the exact one is used at all, as in a server that only uses the default.
 */
const SIZES = [1, 3, 9, 100] as const;
const EXACT_SIZE = 9;
const VARIANTS = 32;
const ROUNDS = process.argv.includes('--quick') ? 11 : 41;
const ROUND_MICROSECONDS = 5_000;
const WARM_UP_ROUNDS = 40;

type Arithmetic = 'published' | 'exact';

let sink = 0;

console.log(
  `Microseconds of processor time per cart, median of ${ROUNDS} rounds, ${VARIANTS} carts of each kind, Node ${process.version}`,
);
for (const size of SIZES) table(size, 'published');
table(EXACT_SIZE, 'exact');
if (sink === 0) throw new Error('nothing was computed');

function table(size: number, arithmetic: Arithmetic): void {
  console.log(`\n${size} ${size === 1 ? 'item' : 'items'}, ${arithmetic} arithmetic`);
  console.log('kind                    price      json     ratio   cart+result');
  for (const kind of CART_KINDS) report(kind, size, arithmetic);
}

function report(kind: CartKind, size: number, arithmetic: Arithmetic): void {
  const texts = Array.from({ length: VARIANTS }, (_, variant) => JSON.stringify(cartOf(kind, size, variant)));
  const carts: PriceItemDto[][] = texts.map((text) => JSON.parse(text));
  const results = carts.map((cart) => computeAggregatedAndPriceTotals(cart, { arithmetic }));
  requireAmounts(kind, results);

  const price = (i: number) => computeAggregatedAndPriceTotals(carts[i] ?? [], { arithmetic }).amount_total;
  const json = (i: number) => JSON.parse(texts[i] ?? '').length + JSON.stringify(results[i]).length;
  const [priceTime, jsonTime] = medians(price, json);

  const kilobytes = (texts.join('').length + JSON.stringify(results).length) / VARIANTS / 1000;
  const columns = [
    kind.padEnd(18),
    priceTime.toFixed(2).padStart(9),
    jsonTime.toFixed(2).padStart(9),
    `${(priceTime / jsonTime).toFixed(2)}x`.padStart(9),
    `${kilobytes.toFixed(1)} kB`.padStart(13),
  ];
  console.log(columns.join(' '));
}

/** A cart that costs nothing would make a fast benchmark of nothing. */
function requireAmounts(kind: CartKind, results: readonly { amount_total: number }[]): void {
  if (results.some((result) => !(result.amount_total > 0))) throw new Error(`a ${kind} cart was not priced`);
}

/** Short rounds alternate between the two, so that a noisy moment hits both and the median passes over it. */
function medians(a: (variant: number) => number, b: (variant: number) => number): [number, number] {
  const timesOfA: number[] = [];
  const timesOfB: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const [timeOfA, timeOfB] = [timePerCall(a), timePerCall(b)];
    if (round < 0) continue;
    timesOfA.push(timeOfA);
    timesOfB.push(timeOfB);
  }
  return [median(timesOfA), median(timesOfB)];
}

/** Microseconds per call. */
function timePerCall(candidate: (variant: number) => number): number {
  const start = processorTime();
  let calls = 0;
  let elapsed = 0;
  while (elapsed < ROUND_MICROSECONDS) {
    for (let variant = 0; variant < VARIANTS; variant++) sink += candidate(variant);
    calls += VARIANTS;
    elapsed = processorTime() - start;
  }
  return elapsed / calls;
}

/** Microseconds that all threads of this process have had. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
