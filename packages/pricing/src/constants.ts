/** The currency of prices that name none. */
export const DEFAULT_CURRENCY = 'EUR';

/** The tax rates of the deprecated `sales_tax` field, as fractions. */
export const TaxRates = { standard: 0.19, reduced: 0.07, nontaxable: 0 } as const;
