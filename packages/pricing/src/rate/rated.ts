import type { Maybe } from '../contract/maybe.ts';
import type { DynamicTariffAmounts } from './dynamic-tariff.ts';
import type { GetAgAmounts } from './external-getag.ts';
import type { ItemAmounts } from './item-amounts.ts';
import type { TierRow } from './tier-row.ts';

/** What a pricing model says about an item before coupons: its amounts and the details of the model. */
export interface Rated<A, F> {
  readonly amounts: ItemAmounts<A>;
  readonly tierRows: readonly TierRow<A, F>[] | undefined;
  /** Set by tiered models: how the reached tier wants the price to be shown. */
  readonly tierDisplay: TierDisplay | undefined;
  readonly getAg: GetAgAmounts<A> | undefined;
  readonly dynamicTariff: DynamicTariffAmounts<A> | undefined;
}

/** The display mode a tiered price arrived at; no mode means that an earlier one is withdrawn (spec A7.5). */
export interface TierDisplay {
  readonly mode: Maybe<string>;
}
