import type { Maybe } from './maybe.ts';

/** A tax snapshot (contract: Tax). `rate` is a percentage, 19 means 19 %. Ad-hoc taxes have no `_id`. */
export interface Tax {
  readonly _id?: Maybe<string>;
  readonly type?: Maybe<string>;
  readonly rate?: Maybe<number | string>;
}

/** The tax of one item (contract: TaxAmount). `amount` is in cents. */
export interface TaxAmount {
  readonly tax?: Maybe<Tax>;
  readonly rate?: Maybe<string | number>;
  readonly rateValue?: Maybe<number>;
  readonly amount?: Maybe<number>;
}

/** One row of the tax breakdown (contract: TaxAmountBreakdown). `amount` is in cents. */
export interface TaxAmountBreakdown {
  tax: { _id?: string; type?: string; rate?: Maybe<number | string> };
  amount: number;
}
