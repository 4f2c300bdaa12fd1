import type { PriceItem } from '../contract/price-item.ts';
import type { CashbackAmounts, SomeDiscountAmounts } from '../coupon/discount-amounts.ts';
import type { ValidCoupon } from '../coupon/select-coupons.ts';
import type { ItemAmounts } from '../rate/item-amounts.ts';

/** A priced item: the finished result, and beside it the unrounded amounts that totals are built from. */
export interface FineItem<A> {
  readonly output: PriceItem;
  readonly amounts: ItemAmounts<A>;
  readonly discount: SomeDiscountAmounts<A> | undefined;
  readonly cashback: CashbackAmounts<A> | undefined;
  /** The coupon in effect. */
  readonly coupon: ValidCoupon | undefined;
}
