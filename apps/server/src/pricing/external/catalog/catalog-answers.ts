import { PricingError } from '@busbar/pricing';
import { type Document, isDocument } from '../../../entities/index.ts';
import type { SignatureMeta, Signatures } from '../../signature.ts';
import { partnerFailed } from '../partner.ts';
import type { Entry } from './coupon-snapshots.ts';
import { UnusableProduct } from './partner-fields.ts';
import { priceProduct } from './price-product.ts';

const MOST_PRODUCTS = 500;

/** A partner's product, priced and signed (contract schema `ExternalCatalogItem`). */
interface CatalogItem {
  readonly pricing_details: Document;
  readonly _meta: SignatureMeta;
}

/** For whom and when an answer is read, and who is told what is wrong with it. */
export interface AnswerReading extends Entry {
  readonly signatures: Signatures;
  readonly report: (problem: Error) => void;
}

/**
 * Reads a partner's products: a list of them, or `{ results }` (spec/pricing.md B20.5-7). One that cannot be used is left out and reported.
 * @throws Refusal 502 `PARTNER_FAILED` for another shape, more than 500 products, and when none of them can be used
 */
export function readProducts(
  answer: unknown,
  reading: AnswerReading,
): { hits: number; results: CatalogItem[] } {
  const results = itemsOf(isDocument(answer) ? answer['results'] : answer, reading);
  return { hits: results.length, results };
}

/**
 * Reads a partner's recommendations, `{ source, offers }`.
 * @throws Refusal 502 `PARTNER_FAILED` like `readProducts`, and when the source cannot be used
 */
export function readRecommendations(
  answer: unknown,
  reading: AnswerReading,
): { source: CatalogItem; offers: CatalogItem[] } {
  if (!isDocument(answer)) throw unusable();
  const source = catalogItem(answer['source'], reading);
  if (!source) throw unusable();
  return { source, offers: itemsOf(answer['offers'], reading) };
}

function itemsOf(products: unknown, reading: AnswerReading): CatalogItem[] {
  if (!Array.isArray(products) || products.length > MOST_PRODUCTS) throw unusable();
  const items = products.flatMap((product: unknown) => catalogItem(product, reading) ?? []);
  if (products.length > 0 && items.length === 0) throw unusable();
  return items;
}

function catalogItem(
  product: unknown,
  { org, now, signatures, report }: AnswerReading,
): CatalogItem | undefined {
  try {
    if (!isDocument(product)) throw new UnusableProduct('product', 'must be an object');
    const { details, differs } = priceProduct(product, { org, now });
    if (differs)
      report(new Error(`External catalog of ${org}: a partner's totals are not the sum of its prices`));
    return { pricing_details: details, _meta: signatures.sign(org, 'external-catalog-item', details) };
  } catch (error) {
    if (!(error instanceof UnusableProduct || error instanceof PricingError)) throw error;
    report(new Error(`External catalog of ${org}: a product was left out`, { cause: error }));
    return undefined;
  }
}

function unusable() {
  return partnerFailed('The partner gave an answer that cannot be used');
}
