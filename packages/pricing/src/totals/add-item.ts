import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { Maybe } from '../contract/maybe.ts';
import type { Price } from '../contract/price.ts';
import type { Tax } from '../contract/tax.ts';
import type { FineItem } from '../item/fine-item.ts';
import { addToRecurrence } from './add-to-recurrence.ts';
import type { RecurrenceTaxRow, TaxRow, Totals } from './totals.ts';

/**
 * Adds a priced item or component to running totals (spec A12a). `price` is the snapshot that recurrences fall back
 * to: the one that was sent for a simple item, the one in the result for a component.
 */
export function addItem<A, F>(
  ar: Arithmetic<A, F>,
  totals: Totals<A>,
  item: FineItem<A>,
  price: Maybe<Price>,
): void {
  const { amounts, output } = item;
  totals.counted = true;
  const entry = output.taxes?.[0];
  const tax: Tax = entry?.tax ?? { rate: Number(entry?.rateValue) };
  const taxRow = addToTaxes(ar, totals.taxes, tax, entry?.rateValue, amounts.tax);
  const period = addToRecurrence(ar, totals.recurrences, item, price);
  addToRecurrenceByTax(ar, totals.recurrencesByTax, item, price, taxRow, taxRow.rate ?? tax.rate, period);
  if (item.cashback?.cashback !== undefined && item.coupon) {
    const { name } = item.coupon;
    totals.cashbacks.push({
      period: output.cashback_period ?? '0',
      name: name || undefined,
      amount: item.cashback.cashback,
    });
  }
  totals.subtotal = ar.add(totals.subtotal, amounts.subtotal);
  totals.total = ar.add(totals.total, amounts.total);
  totals.tax = ar.add(totals.tax, amounts.tax);
}

/** Rows merge by tax id or by equal rate; the first id stays, and a row without one learns it. */
function addToTaxes<A, F>(
  ar: Arithmetic<A, F>,
  rows: TaxRow<A>[],
  tax: Tax,
  rateValue: Maybe<number>,
  amount: A,
): TaxRow<A> {
  for (const row of rows) {
    if ((row.id && row.id === tax._id) || row.rate === tax.rate || row.rate === rateValue) {
      row.id ||= tax._id || undefined;
      row.type ||= tax.type || undefined;
      row.amount = ar.add(row.amount, amount);
      return row;
    }
  }
  const row = { id: tax._id || undefined, type: tax.type || undefined, rate: tax.rate, amount };
  rows.push(row);
  return row;
}

/**
 * The lookup goes by the type and period of the price, not of the item, and a rate of zero joins the first entry of
 * the recurrence whatever its tax is. A new entry takes the period of the recurrence the item joined.
 */
function addToRecurrenceByTax<A, F>(
  ar: Arithmetic<A, F>,
  rows: RecurrenceTaxRow<A>[],
  item: FineItem<A>,
  price: Maybe<Price>,
  taxRow: TaxRow<A>,
  rate: Tax['rate'],
  joinedPeriod: Maybe<string>,
): void {
  const { amounts, output } = item;
  const recurring = price?.type === 'recurring';
  const row = rows.find(
    (candidate) =>
      candidate.type === (recurring ? 'recurring' : 'one_time') &&
      (!recurring || candidate.period === price?.billing_period) &&
      (!rate || candidate.taxRow.rate === rate),
  );
  if (row) {
    row.subtotal = ar.add(row.subtotal, amounts.subtotal);
    row.total = ar.add(row.total, amounts.total);
    row.tax = ar.add(row.tax, amounts.tax);
    return;
  }
  const type = (output.type || price?.type) === 'recurring' ? 'recurring' : 'one_time';
  rows.push({
    type,
    period: type === 'recurring' ? (joinedPeriod ?? price?.billing_period) : undefined,
    taxRow,
    subtotal: amounts.subtotal,
    total: amounts.total,
    tax: amounts.tax,
  });
}
