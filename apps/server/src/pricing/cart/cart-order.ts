import { randomUUID } from 'node:crypto';
import { type Document, isDocument } from '../../entities/index.ts';
import { documentsOf, textOf, textsOf } from '../documents.ts';
import { invalidPayload } from '../invalid-payload.ts';

/** The modes of a checkout (contract schema `CheckoutMode`). */
export type CheckoutMode = 'create_order' | 'create_invoice' | 'create_quote';

const STATUS: Readonly<Record<CheckoutMode, string>> = {
  create_order: 'placed',
  create_quote: 'quote',
  // The payment in the online checkout decides whether it becomes an order.
  create_invoice: 'draft',
};

/** What an order may begin as. */
const BEGINNINGS: ReadonlySet<string> = new Set(['draft', 'quote', 'placed']);

/** Members of a cart that an order takes over as they are. */
const TAKEN = ['metadata', 'journey_data', 'consents', 'source_type', 'source_id', 'source'] as const;
const CUSTOMER = {
  first_name: 'billing_first_name',
  last_name: 'billing_last_name',
  company_name: 'billing_company_name',
  vat_id: 'billing_vat',
  email: 'billing_email',
  phone: 'billing_phone',
} as const;

/**
 * The status of the order that a checkout makes (spec/pricing.md B4): that of the mode; without a mode the cart may name one. Strangers begin
 * orders, they do not end them.
 * @throws Refusal 400 for the status of an order that has ended
 */
export function statusOfCheckout(cart: Document, mode: CheckoutMode | undefined): string {
  if (mode !== undefined) return STATUS[mode];
  const status = textOf(cart['status']) ?? STATUS.create_order;
  if (!BEGINNINGS.has(status))
    throw invalidPayload('Invalid payload', `body.cart.status: must be one of ${[...BEGINNINGS].join(', ')}`);
  return status;
}

/** The attributes an order takes from a cart, apart from what is computed (spec/pricing.md B4). Each transient cart gets an id of its own. `files` are ids. */
export function attributesOfCart(
  cart: Document,
  files: readonly string[],
  mode: CheckoutMode | undefined,
): Document {
  const customer = isDocument(cart['customer']) ? cart['customer'] : {};
  const delivery = [
    ...addresses(cart['delivery_address'], ['delivery']),
    ...documentsOf(cart['additional_addresses']),
  ];
  const tags = textsOf(cart['tags']);
  return {
    cart_id: randomUUID(),
    ...present(TAKEN.map((name) => [name, cart[name]])),
    ...present(Object.entries(CUSTOMER).map(([name, attribute]) => [attribute, textOf(customer[name])])),
    billing_address: addresses(cart['billing_address'], ['billing']),
    delivery_address: delivery,
    payment_method: isDocument(cart['payment_method']) ? [cart['payment_method']] : [],
    ...(tags.length > 0 ? { _tags: tags } : {}),
    ...(files.length > 0 ? { _files: { $relation: files.map((id) => ({ entity_id: id })) } } : {}),
    ...(mode === 'create_invoice' ? { checkout_mode: mode } : {}),
  };
}

function addresses(address: unknown, tags: readonly string[]): Document[] {
  return isDocument(address) ? [{ ...address, _tags: tags }] : [];
}

function present(members: readonly (readonly [string, unknown])[]): Document {
  return Object.fromEntries(members.filter(([, value]) => value !== undefined && value !== null));
}
