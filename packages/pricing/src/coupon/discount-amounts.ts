/** The amounts of a discounted item. Items that bring some of these keys along may have any subset. */
export interface DiscountAmounts<A> {
  unitDiscount: A | undefined;
  unitDiscountNet: A | undefined;
  beforeUnit: A | undefined;
  beforeUnitGross: A | undefined;
  beforeUnitNet: A | undefined;
  discount: A | undefined;
  discountNet: A | undefined;
  taxDiscount: A | undefined;
  beforeTax: A | undefined;
  beforeTotal: A | undefined;
  beforeSubtotal: A | undefined;
}

/** The amounts of an item with cashback. */
export interface CashbackAmounts<A> {
  cashback: A | undefined;
  afterTotal: A | undefined;
}
