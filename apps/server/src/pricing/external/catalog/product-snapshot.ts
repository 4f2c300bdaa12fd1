import { type Document, isDocument } from '../../../entities/index.ts';
import { textsOf } from '../../documents.ts';
import { requiredId, textIn } from './partner-fields.ts';

const MOST_ENTRIES = 100;
const LONGEST_TEXT = 2_000;

/** The snapshot of a partner's product (spec/pricing.md B20.6). Addresses that are not `http(s)` are left out. @throws UnusableProduct */
export function productSnapshot(product: Document): Document {
  const name = textIn(product, 'name', 'product');
  const description = textIn(product, 'description', 'product');
  const footnotes = textIn(product, 'legal_footnotes', 'product');
  const features = featuresOf(product['features']);
  const images = textsOf(product['product_image_urls']).filter(isWebAddress).slice(0, MOST_ENTRIES);
  const downloads = downloadsOf(product['product_downloads_urls']);
  return {
    _id: requiredId(product, 'id', 'product'),
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(features.length > 0 ? { feature: features.map((feature) => ({ feature })) } : {}),
    ...(images.length > 0 ? { product_image_urls: images } : {}),
    ...(downloads.length > 0 ? { product_downloads_urls: downloads } : {}),
    ...(footnotes === undefined ? {} : { legal_footnotes: footnotes }),
  };
}

/** A partner's free data about a product, as key-value pairs of a line item (contract schema `MetaData`); what is no plain value is left out. */
export function metadataOf(product: Document): { key: string; value: string }[] {
  const metadata = product['metadata'];
  const entries: [unknown, unknown][] = Array.isArray(metadata)
    ? metadata.filter(isDocument).map((entry) => [entry['key'], entry['value']])
    : Object.entries(isDocument(metadata) ? metadata : {});
  return entries
    .flatMap(([key, value]) =>
      typeof key === 'string' && ['string', 'number', 'boolean'].includes(typeof value)
        ? [{ key: key.slice(0, LONGEST_TEXT), value: String(value).slice(0, LONGEST_TEXT) }]
        : [],
    )
    .slice(0, MOST_ENTRIES);
}

/** Features are texts, or objects that hold one, as products of the catalog have them. */
function featuresOf(features: unknown): string[] {
  const list: unknown[] = Array.isArray(features) ? features : [];
  return textsOf(list.map((item) => (isDocument(item) ? item['feature'] : item)))
    .map((text) => text.slice(0, LONGEST_TEXT))
    .slice(0, MOST_ENTRIES);
}

function downloadsOf(downloads: unknown): { url: string; filename?: string }[] {
  const list: unknown[] = Array.isArray(downloads) ? downloads : [];
  return list
    .filter(isDocument)
    .flatMap(({ url, filename }) => {
      if (typeof url !== 'string' || !isWebAddress(url)) return [];
      return [typeof filename === 'string' ? { url, filename: filename.slice(0, LONGEST_TEXT) } : { url }];
    })
    .slice(0, MOST_ENTRIES);
}

/** Browsers follow these addresses, so nothing but the web is let through. */
function isWebAddress(text: string): boolean {
  if (text.length > LONGEST_TEXT || !URL.canParse(text)) return false;
  return ['https:', 'http:'].includes(new URL(text).protocol);
}
