import { type Document, findManyByUniqueKeys, isDocument, lockUniqueKeys } from '../../entities/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { documentsOf, textOf } from '../documents.ts';
import type { OrderWriting } from '../orders/place-order.ts';

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
  const questions = [...new Set([email, email.toLowerCase()])].map((value) => ({
    schema: 'contact',
    keys: [{ attribute: 'email', value }],
  }));
  await lockUniqueKeys(tx, [
    { schema: 'contact', keys: [{ attribute: 'email', value: email.toLowerCase() }] },
  ]);
  const [known] = (await findManyByUniqueKeys(tx, questions)).flat();
  if (known) return known.id;
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

function named(customer: Document, name: string): Document {
  const value = textOf(customer[name]);
  return value === undefined ? {} : { [name]: value };
}
