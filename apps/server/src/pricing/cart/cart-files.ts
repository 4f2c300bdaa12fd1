import { type Document, findEntities } from '../../entities/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { invalidPayload } from '../invalid-payload.ts';

/**
 * Makes sure that what a cart calls files are files: a stranger must not relate an order to anything else.
 * @throws Refusal 400 `FILE_NOT_FOUND`
 */
export async function requireFiles(queries: TenantQueries, cart: Document): Promise<void> {
  const sent: unknown[] = Array.isArray(cart['files']) ? cart['files'] : [];
  const ids = sent.filter((id) => typeof id === 'string');
  const found = await findEntities(queries, ids);
  const files = new Set(found.filter(({ schema }) => schema === 'file').map(({ id }) => id));
  const index = ids.findIndex((id) => !files.has(id.toLowerCase()));
  if (index >= 0)
    throw invalidPayload(`file not found: ${ids[index]}`, `body.cart.files[${index}]`, 'FILE_NOT_FOUND');
}
