/** Stable codes of everything the engine rejects (spec A18). */
export type PricingErrorCode =
  /** A decimal text that cannot be read, or a decimal that is not text. */
  | 'INVALID_DECIMAL'
  /** An amount that is not a whole number where one is needed, or a result beyond the number range. */
  | 'INVALID_AMOUNT'
  /** Amounts in different currencies, such as a fixed coupon and the price it is for. */
  | 'CURRENCY_MISMATCH'
  /** Graduated tiers out of order, or a tier after an open one. */
  | 'INVALID_TIERS'
  /** A fee mapping on an item without a price snapshot to match it with. */
  | 'FEE_WITHOUT_PRICE'
  /** A precomputed item that carries no list of taxes. */
  | 'MISSING_TAXES'
  /** An item whose parts have the wrong type altogether. */
  | 'INVALID_ITEM';

/** The only error the engine throws. `itemIndex` is the position of the offending item in the cart, if it is known. */
export class PricingError extends Error {
  readonly code: PricingErrorCode;
  itemIndex: number | undefined;

  /**
   * @param code stable code to branch on
   * @param message text for people; it may change
   * @param cause the error that led here, if any
   */
  constructor(code: PricingErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PricingError';
    this.code = code;
    this.itemIndex = undefined;
  }
}
