import { type Document, isDocument, lockUniqueKeys } from '../../entities/index.ts';
import { allOf, type SearchTree, searchEntities } from '../../entities/search/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { documentsOf, textOf } from '../documents.ts';
import type { OrderWriting } from '../orders/order-writing.ts';

/**
 * The contact of a checkout (spec/pricing.md B4): the oldest one with the customer's e-mail address, in any case of letters, else a new one. A
 * contact that exists is not changed, because anybody can write its address into a cart. Checkouts with one address wait for each other.
 * @returns its id; undefined for a customer without an address
 */
export async function findOrCreateCustomer(
  tx: TenantTransaction,
  cart: Document,
  { graph, options }: OrderWriting,
): Promise<string | undefined> {
  const customer = isDocument(cart['customer']) ? cart['customer'] : {};
  const email = textOf(customer['email'])?.trim();
  if (!email) return undefined;
  const key = { attribute: 'email', value: email.toLowerCase() };
  await lockUniqueKeys(tx, [{ schema: 'contact', keys: [key] }]);
  const known = await oldestWith(tx, key.value);
  if (known !== undefined) return known;
  const phone = textOf(customer['phone']);
  const attributes = {
    ...named(customer, 'first_name'),
    ...named(customer, 'last_name'),
    email: [{ email, _tags: ['primary'] }],
    ...(phone === undefined ? {} : { phone: [{ phone, _tags: ['primary'] }] }),
    address: documentsOf([cart['billing_address']]),
  };
  return (await graph.create(tx, { schema: 'contact', attributes }, options)).entity.id;
}

const CONTACTS: SearchTree = { kind: 'equal', field: '_schema', values: ['contact'] };
const MOST_CANDIDATES = 100;

/** The oldest contact with an address, whatever the case of its letters. The search narrows down by words; the address itself decides. */
async function oldestWith(tx: TenantTransaction, email: string): Promise<string | undefined> {
  const candidates = await searchEntities(tx, {
    tree: allOf([CONTACTS, { kind: 'words', field: 'email.email', text: email }]),
    sort: [{ field: '_created_at', descending: false }],
    size: MOST_CANDIDATES,
  });
  const found = candidates.hits.find(({ entity }) =>
    documentsOf(entity.doc['email']).some((item) => textOf(item['email'])?.trim().toLowerCase() === email),
  );
  return found?.entity.id;
}

function named(customer: Document, name: string): Document {
  const value = textOf(customer[name]);
  return value === undefined ? {} : { [name]: value };
}
