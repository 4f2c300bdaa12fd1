import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { Maybe } from '../contract/maybe.ts';
import type { Price } from '../contract/price.ts';
import type { FineItem } from '../item/fine-item.ts';
import type { RecurrenceRow } from './totals.ts';

/**
 * Adds an item to the sums of its recurrence: recurring items by billing period, all others together as one-time
 * (spec A12a, step 3). Returns the period of the row if it existed before, else undefined.
 */
export function addToRecurrence<A, F>(
  ar: Arithmetic<A, F>,
  rows: RecurrenceRow<A>[],
  item: FineItem<A>,
  price: Maybe<Price>,
): Maybe<string> {
  const recurring = (item.output.type ?? price?.type) === 'recurring';
  const period = recurring ? (item.output.billing_period ?? price?.billing_period) : undefined;
  for (const row of rows) {
    if (recurring ? row.type === 'recurring' && row.period === period : row.type === 'one_time') {
      addToRow(ar, row, item);
      return row.period;
    }
  }
  rows.push({
    type: recurring ? 'recurring' : 'one_time',
    period,
    unitGross: item.amounts.unitGross,
    unitNet: item.amounts.unitNet,
    subtotal: item.amounts.subtotal,
    total: item.amounts.total,
    tax: item.amounts.tax,
    beforeTotal: item.discount?.beforeTotal,
    beforeSubtotal: item.discount?.beforeSubtotal,
    discount: item.discount?.discount,
  });
  return undefined;
}

/**
 * Once an item of a recurrence is discounted, the figures before discount include the undiscounted items too. A net
 * unit amount that has been zero is given up, as in the published results.
 */
function addToRow<A, F>(ar: Arithmetic<A, F>, row: RecurrenceRow<A>, item: FineItem<A>): void {
  const { amounts, discount } = item;
  const plus = (value: A | undefined, more: A): A => (value === undefined ? more : ar.add(value, more));
  if (row.beforeTotal !== undefined || discount?.beforeTotal !== undefined) {
    row.beforeTotal = ar.add(row.beforeTotal ?? row.total, discount?.beforeTotal ?? amounts.total);
  }
  if (row.beforeSubtotal !== undefined || discount?.beforeSubtotal !== undefined) {
    row.beforeSubtotal = ar.add(
      row.beforeSubtotal ?? row.subtotal,
      discount?.beforeSubtotal ?? amounts.subtotal,
    );
  }
  if (discount?.discount !== undefined) row.discount = plus(row.discount, discount.discount);
  const hadNet = row.unitNet !== undefined && !ar.isZero(row.unitNet);
  row.unitNet = hadNet ? plus(row.unitNet, amounts.unitNet) : undefined;
  row.unitGross = ar.add(row.unitGross, amounts.unitGross);
  row.subtotal = ar.add(row.subtotal, amounts.subtotal);
  row.total = ar.add(row.total, amounts.total);
  row.tax = ar.add(row.tax, amounts.tax);
}
