import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { Maybe } from '../contract/maybe.ts';

/** A row of the tax breakdown in unrounded amounts. */
export interface TaxRow<A> {
  id: string | undefined;
  type: string | undefined;
  /** Percent as the tax has it; NaN for a precomputed item without any tax entry. */
  readonly rate: Maybe<number | string>;
  amount: A;
}

/** Sums of the items with one recurrence in unrounded amounts. Optional figures exist once an item has them. */
export interface RecurrenceRow<A> {
  readonly type: 'recurring' | 'one_time';
  readonly period: Maybe<string>;
  unitGross: A;
  unitNet: A | undefined;
  subtotal: A;
  total: A;
  tax: A;
  beforeTotal: A | undefined;
  beforeSubtotal: A | undefined;
  discount: A | undefined;
}

/** Sums of the items with one recurrence and tax in unrounded amounts. */
export interface RecurrenceTaxRow<A> {
  readonly type: 'recurring' | 'one_time';
  readonly period: Maybe<string>;
  readonly taxRow: TaxRow<A>;
  subtotal: A;
  total: A;
  tax: A;
}

/** A cashback in unrounded amounts. */
export interface CashbackRow<A> {
  readonly period: string;
  readonly name: string | undefined;
  readonly amount: A;
}

/** Running totals of a cart or of one composite item (spec A12a), in unrounded amounts. */
export interface Totals<A> {
  subtotal: A;
  total: A;
  tax: A;
  /** False until the first item counts; a result without counted items still names its shipping amount. */
  counted: boolean;
  readonly taxes: TaxRow<A>[];
  readonly recurrences: RecurrenceRow<A>[];
  readonly recurrencesByTax: RecurrenceTaxRow<A>[];
  readonly cashbacks: CashbackRow<A>[];
}

/** Totals of nothing. */
export function emptyTotals<A, F>(ar: Arithmetic<A, F>): Totals<A> {
  return {
    subtotal: ar.zero,
    total: ar.zero,
    tax: ar.zero,
    counted: false,
    taxes: [],
    recurrences: [],
    recurrencesByTax: [],
    cashbacks: [],
  };
}
