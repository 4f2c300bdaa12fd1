import { type Document, isDocument } from '../../entities/index.ts';
import { documentsOf, without } from '../documents.ts';
import { invalidPayload } from '../invalid-payload.ts';
import type { Signatures } from '../signature.ts';

/** Whose signatures count. */
export interface Signer {
  readonly org: string;
  readonly signatures: Signatures;
}

/** Pricing details of an external catalog that stand in place of a computation (spec A14); undefined when an item has none. */
export function precomputedDetails(item: Document): Document | undefined {
  const details = item['_immutable_pricing_details'];
  return isDocument(details) && Object.keys(details).length > 0 ? details : undefined;
}

/** Throws 400 `INVALID_SIGNATURE` unless we have signed these details for this organisation within the last day, as they are (spec/pricing.md B0.5). */
export function requireSignedDetails(details: Document, { org, signatures }: Signer, path: string): void {
  const [item] = documentsOf(details['items']);
  if (!item || !signatures.isGenuine(org, 'external-catalog-item', details, details['_meta'])) {
    throw invalidPayload('invalid signature', `${path}._immutable_pricing_details`, 'INVALID_SIGNATURE');
  }
}

/**
 * Refuses details that bear a signature and are not what was signed. Staff and systems may send details of their own, like any snapshot: these
 * bear none.
 * @throws Refusal 400 `INVALID_SIGNATURE`
 */
export function refuseForgedDetails(items: readonly Document[], signer: Signer): void {
  for (const [index, item] of items.entries()) {
    const details = precomputedDetails(item);
    if (details?.['_meta'] !== undefined) requireSignedDetails(details, signer, `line_items[${index}]`);
  }
}

/** An item for keeping: its details were checked when they came, and a signature that is good for a day would only expire. */
export function withoutSignature<Item extends object>(item: Item): Item {
  const details = '_immutable_pricing_details' in item ? item._immutable_pricing_details : undefined;
  return isDocument(details) ? { ...item, _immutable_pricing_details: without(details, ['_meta']) } : item;
}
