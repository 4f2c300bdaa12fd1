import { toDinero } from '@busbar/pricing';
import { type Document, isDocument } from '../../../entities/index.ts';
import { decimalText } from '../decimal-text.ts';
import { amountIn, oneOf, textIn, UnusableProduct } from './partner-fields.ts';

/** Rates may be texts, as the catalog's own taxes have them. */
const RATE = /^\d{1,3}(\.\d{1,6})?$/;
const TAX_TYPES = ['VAT', 'GST', 'Custom'] as const;

/** The amounts of one price, in currency units as decimal texts. */
export interface PriceAmounts {
  readonly amount_total: string;
  readonly amount_subtotal: string;
  readonly amount_tax: string;
  /** Gross where tax is included, else net. */
  readonly unit_amount: string;
  readonly unit_amount_gross: string;
  readonly unit_amount_net: string;
}

/** A price's tax without an entity (contract schema `TaxItem`); `rate` in percent. */
interface PartnerTax {
  readonly type: (typeof TAX_TYPES)[number];
  readonly rate: number;
  readonly description?: string;
}

/** What a partner says about the amounts of one price. */
export interface PartnerAmounts {
  readonly amounts: PriceAmounts;
  readonly tax: PartnerTax | undefined;
  readonly isTaxInclusive: boolean;
}

/**
 * Reads the amounts of a simple price or a component (spec/pricing.md B20.6): the total is required; a missing subtotal is the total, missing
 * unit amounts are those of one piece.
 * @throws UnusableProduct
 */
export function readAmounts(price: Document, path: string): PartnerAmounts {
  const total = amountIn(price, 'amount_total', path);
  if (total === undefined) throw new UnusableProduct(`${path}.amount_total_decimal`, 'is required');
  const subtotal = amountIn(price, 'amount_subtotal', path) ?? total;
  const tax = readTax(price['tax'], path);
  const unit = amountIn(price, 'unit_amount', path);
  const gross = amountIn(price, 'unit_amount_gross', path) ?? unit ?? total;
  const net = amountIn(price, 'unit_amount_net', path) ?? (unit === undefined ? subtotal : gross);
  const isTaxInclusive = !(tax && tax.rate > 0 && !toDinero(gross).equalsTo(toDinero(net)));
  const amounts = {
    amount_total: total,
    amount_subtotal: subtotal,
    amount_tax: decimalText(toDinero(total).subtract(toDinero(subtotal)).toUnit()),
    unit_amount: isTaxInclusive ? gross : net,
    unit_amount_gross: gross,
    unit_amount_net: net,
  };
  return { amounts, tax, isTaxInclusive };
}

/** Whole cents, rounded half away from zero. */
export function centsOf(decimal: string): number {
  return toDinero(decimal).convertPrecision(2).getAmount();
}

function readTax(value: unknown, path: string): PartnerTax | undefined {
  const tax: unknown = Array.isArray(value) ? value[0] : value;
  if (tax === undefined || tax === null) return undefined;
  if (!isDocument(tax)) throw new UnusableProduct(`${path}.tax`, 'must be an object');
  const told = tax['rate'];
  const rate = typeof told === 'number' || (typeof told === 'string' && RATE.test(told)) ? Number(told) : -1;
  if (!(rate >= 0 && rate <= 100)) throw new UnusableProduct(`${path}.tax.rate`, 'must be a percentage');
  const description = textIn(tax, 'description', `${path}.tax`);
  return {
    type: oneOf(tax, 'type', TAX_TYPES, `${path}.tax`) ?? 'VAT',
    rate,
    ...(description === undefined ? {} : { description }),
  };
}
