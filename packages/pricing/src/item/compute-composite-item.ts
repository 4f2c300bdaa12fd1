import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import { DEFAULT_CURRENCY } from '../constants.ts';
import type { PriceItem, PriceItemDto } from '../contract/price-item.ts';
import { type CompositeCashbacks, compositeCashbacks } from '../coupon/composite-cashbacks.ts';
import { addItem } from '../totals/add-item.ts';
import { finishTotals } from '../totals/finish-totals.ts';
import { emptyTotals, type Totals } from '../totals/totals.ts';
import { raw } from './brought-amounts.ts';
import { cleanPrice, cleanProduct } from './clean-snapshot.ts';
import { computeComponents } from './components.ts';
import type { FineItem } from './fine-item.ts';
import { safeQuantity } from './quantities.ts';
import { isCompositeHidden } from './visibility.ts';

/** A priced composite item and its parts, for the totals of the cart. */
export interface FineComposite<A> {
  readonly output: PriceItem;
  readonly components: readonly FineItem<A>[];
  readonly cashbacks: CompositeCashbacks<A>;
  /** False if a hidden price keeps the whole item out of the totals. */
  readonly counted: boolean;
}

/** Prices a composite item: its components, its own totals and its cashbacks (spec A12). */
export function computeCompositeItem<A, F>(
  ar: Arithmetic<A, F>,
  item: PriceItemDto,
  unlocked: ReadonlySet<string>,
): FineComposite<A> {
  const components = computeComponents(ar, item, unlocked);
  const output: PriceItem = { ...item };
  const description = item.description ?? item._price?.description;
  if (item._product) output._product = cleanProduct(item._product);
  output._price = item._price ? cleanPrice(item._price) : {};
  output.currency = item._price?.unit_amount_currency || DEFAULT_CURRENCY;
  if (description) output.description = description;
  return completeComposite(ar, output, item, components, unlocked);
}

/**
 * Adds what depends on the components: their results, the own breakdown, cashbacks (spec A12, 4 and 5). `approver` is
 * the item whose approval counts. Completes `output` in place.
 */
export function completeComposite<A, F>(
  ar: Arithmetic<A, F>,
  output: PriceItem,
  approver: PriceItemDto,
  components: readonly FineItem<A>[],
  unlocked: ReadonlySet<string>,
): FineComposite<A> {
  const counted = !isCompositeHidden(output, components) || Boolean(approver.on_request_approved);
  const quantity = ar.factor(safeQuantity(output.quantity));
  const cashbacks = compositeCashbacks(ar, output._coupons, unlocked, quantity);
  const totals = emptyTotals(ar);
  if (counted) addComponents(ar, totals, components);
  totals.cashbacks.push(...cashbacks.rows);
  output.item_components = components.map((component) => component.output);
  writeOwnTotals(ar, output, totals, components.length);
  if (output._coupons) output._coupons = cashbacks.coupons;
  else if (output._coupons === null) delete output._coupons;
  return { output, components, cashbacks, counted };
}

/** Adds every component of a composite item to running totals. */
export function addComponents<A, F>(
  ar: Arithmetic<A, F>,
  totals: Totals<A>,
  components: readonly FineItem<A>[],
): void {
  for (const component of components) addItem(ar, totals, component, component.output._price);
}

/** Without components there is no tax amount of its own; one that was brought along is scaled like a computed one. */
function writeOwnTotals<A, F>(
  ar: Arithmetic<A, F>,
  output: PriceItem,
  totals: Totals<A>,
  componentCount: number,
): void {
  output.amount_subtotal = ar.cents(totals.subtotal);
  output.amount_subtotal_decimal = ar.text(totals.subtotal);
  output.amount_total = ar.cents(totals.total);
  output.amount_total_decimal = ar.text(totals.total);
  output.total_details = finishTotals(ar, totals, 'composite');
  const tax = componentCount > 0 ? totals.tax : raw(ar, output.amount_tax);
  if (tax !== undefined) output.amount_tax = ar.cents(tax);
}
