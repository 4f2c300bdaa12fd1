/** The amounts of a discounted item. */
export interface DiscountAmounts<A> {
  unitDiscount: A;
  unitDiscountNet: A;
  beforeUnit: A;
  beforeUnitGross: A;
  beforeUnitNet: A;
  discount: A;
  discountNet: A;
  taxDiscount: A;
  beforeTax: A;
  beforeTotal: A;
  beforeSubtotal: A;
}

/** Items that bring discount amounts along may have any of them. */
export type SomeDiscountAmounts<A> = { [K in keyof DiscountAmounts<A>]: A | undefined };

/** The amounts of an item with cashback; items that bring them along may have only one. */
export interface CashbackAmounts<A> {
  cashback: A | undefined;
  afterTotal: A | undefined;
}
