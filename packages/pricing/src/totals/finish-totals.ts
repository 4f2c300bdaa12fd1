import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { Maybe } from '../contract/maybe.ts';
import type {
  CashbackAmount,
  RecurrenceAmount,
  RecurrenceAmountWithTax,
  TotalDetails,
} from '../contract/pricing-details.ts';
import type { TaxAmountBreakdown } from '../contract/tax.ts';
import type { CashbackRow, RecurrenceRow, RecurrenceTaxRow, TaxRow, Totals } from './totals.ts';

/**
 * Rounds totals to cents and gives them the shape of the contract (spec A12a, "Finish"). Recurrences of a cart also
 * show what is left after all its cashbacks; those of a composite item do not.
 */
export function finishTotals<A, F>(
  ar: Arithmetic<A, F>,
  totals: Totals<A>,
  level: 'cart' | 'composite',
): TotalDetails {
  const cashback = level === 'cart' ? sumOfCashbacks(ar, totals.cashbacks) : undefined;
  const amountTax = ar.cents(totals.tax);
  const breakdown = {
    taxes: totals.taxes.map((row) => finishTax(ar, row)),
    recurrences: totals.recurrences.map((row) => finishRecurrence(ar, row, cashback)),
    recurrencesByTax: totals.recurrencesByTax.map((row) => finishRecurrenceByTax(ar, row)),
    cashbacks: totals.cashbacks.map((row) => finishCashback(ar, row)),
  };
  return totals.counted
    ? { amount_tax: amountTax, breakdown }
    : { amount_shipping: 0, amount_tax: amountTax, breakdown };
}

function sumOfCashbacks<A, F>(ar: Arithmetic<A, F>, rows: readonly CashbackRow<A>[]): A | undefined {
  if (rows.length === 0) return undefined;
  return rows.reduce((sum, row) => ar.add(sum, row.amount), ar.zero);
}

/** A rate that is not a number has no JSON form other than null. */
function finishTax<A, F>(ar: Arithmetic<A, F>, row: TaxRow<A>): TaxAmountBreakdown {
  const tax: TaxAmountBreakdown['tax'] = {};
  if (row.id !== undefined) tax._id = row.id;
  if (row.type !== undefined) tax.type = row.type;
  if (row.rate !== undefined) tax.rate = Number.isNaN(row.rate) ? null : row.rate;
  return { tax, amount: ar.cents(row.amount) };
}

function finishRecurrence<A, F>(
  ar: Arithmetic<A, F>,
  row: RecurrenceRow<A>,
  cashback: A | undefined,
): RecurrenceAmount {
  const amount: RecurrenceAmount = {
    type: row.type,
    unit_amount_gross: ar.cents(row.unitGross),
    amount_subtotal: ar.cents(row.subtotal),
    amount_subtotal_decimal: ar.text(row.subtotal),
    amount_total: ar.cents(row.total),
    amount_total_decimal: ar.text(row.total),
    amount_tax: ar.cents(row.tax),
  };
  if (row.period !== undefined) amount.billing_period = row.period;
  if (row.unitNet !== undefined) amount.unit_amount_net = ar.cents(row.unitNet);
  if (row.beforeTotal !== undefined) {
    amount.before_discount_amount_total = ar.cents(row.beforeTotal);
    amount.before_discount_amount_total_decimal = ar.text(row.beforeTotal);
  }
  if (row.beforeSubtotal !== undefined) {
    amount.before_discount_amount_subtotal = ar.cents(row.beforeSubtotal);
    amount.before_discount_amount_subtotal_decimal = ar.text(row.beforeSubtotal);
  }
  if (row.discount !== undefined) {
    amount.discount_amount = ar.cents(row.discount);
    amount.discount_amount_decimal = ar.text(row.discount);
  }
  if (cashback !== undefined) {
    const after = ar.sub(row.total, cashbackPerPeriod(ar, cashback, row.type, row.period));
    amount.after_cashback_amount_total = ar.cents(after);
    amount.after_cashback_amount_total_decimal = ar.text(after);
  }
  return amount;
}

/** Recurring sums are reduced by the share of one period in a year. */
function cashbackPerPeriod<A, F>(ar: Arithmetic<A, F>, cashback: A, type: string, period: Maybe<string>): A {
  return type === 'recurring' ? ar.convert(cashback, 'yearly', period) : cashback;
}

/** The tax comes with its cart-wide amount, not with that of this entry, as in the published results. */
function finishRecurrenceByTax<A, F>(
  ar: Arithmetic<A, F>,
  row: RecurrenceTaxRow<A>,
): RecurrenceAmountWithTax {
  const amount: RecurrenceAmountWithTax = {
    type: row.type,
    amount_total: ar.cents(row.total),
    amount_subtotal: ar.cents(row.subtotal),
    amount_tax: ar.cents(row.tax),
    tax: finishTax(ar, row.taxRow),
  };
  if (row.period !== undefined) amount.billing_period = row.period;
  return amount;
}

function finishCashback<A, F>(ar: Arithmetic<A, F>, row: CashbackRow<A>): CashbackAmount {
  const amount: CashbackAmount = { cashback_period: row.period, amount_total: ar.cents(row.amount) };
  if (row.name !== undefined) amount.cashback_name = row.name;
  return amount;
}
