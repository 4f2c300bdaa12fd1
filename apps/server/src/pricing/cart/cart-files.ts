import { type Document, type Entity, findEntities, toWire, type WriteOptions } from '../../entities/index.ts';
import { holderOf, refOfKey } from '../../files/index.ts';
import type { Principal } from '../../identity/index.ts';
import { Refusal } from '../../refusal.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { textsOf } from '../documents.ts';
import { invalidPayload } from '../invalid-payload.ts';
import type { PricingPlatform } from '../platform.ts';

const MOST_FILES = 20;
/** Keys of uploads are paths; ids of files are not. */
const IS_KEY = /\//;

/**
 * The ids of the files that a cart names: of files the caller may see (strangers: those that are public), and of uploads of their own, named by the
 * key that `uploadFileV2` gave them and saved here. Whoever knows the id of somebody else's file must not get hold of it with an order.
 * @throws Refusal 400 `FILE_NOT_FOUND` for everything else, known or not
 */
export async function filesOfCart(
  { access, files }: Pick<PricingPlatform, 'access' | 'files'>,
  tx: TenantTransaction,
  principal: Principal,
  cart: Document,
  options: WriteOptions,
): Promise<string[]> {
  const named = textsOf(cart['files']);
  if (named.length === 0) return [];
  if (named.length > MOST_FILES)
    throw invalidPayload('Invalid payload', `body.cart.files: must have at most ${MOST_FILES} entries`);
  const known = await findEntities(
    tx,
    named.filter((name) => !IS_KEY.test(name)),
  );
  const maySee = await sight(access, principal);
  const open = new Set(known.filter((file) => file.schema === 'file' && maySee(file)).map(({ id }) => id));
  const ids: string[] = [];
  for (const name of named) {
    const id = IS_KEY.test(name)
      ? await savedUpload(files, tx, name, holderOf(principal), options)
      : name.toLowerCase();
    if (id === undefined || !(IS_KEY.test(name) || open.has(id))) {
      const place = Array.isArray(cart['files']) ? cart['files'].indexOf(name) : 0;
      throw invalidPayload(`file not found: ${name}`, `body.cart.files[${place}]`, 'FILE_NOT_FOUND');
    }
    ids.push(id);
  }
  return [...new Set(ids)];
}

/** Which files a caller may see: staff and their tokens what their grants open, everybody else what is public. */
async function sight(
  access: PricingPlatform['access'],
  principal: Principal,
): Promise<(file: Entity) => boolean> {
  if (principal.kind === 'user' || principal.kind === 'api_client' || principal.kind === 'app') {
    const rights = await access.rightsOf(principal);
    return (file) => rights.allows('entity:view', `file:${file.id}`, toWire(file));
  }
  return ({ doc }) => doc['access_control'] === 'public-read';
}

/** Saves an upload as a file; undefined when it is none of the holder's. */
async function savedUpload(
  files: PricingPlatform['files'],
  tx: TenantTransaction,
  key: string,
  holder: string,
  options: WriteOptions,
): Promise<string | undefined> {
  try {
    const s3refs = [refOfKey(key)];
    const file = await files.save(tx, { s3refs, attributes: {}, relations: [] }, holder, options);
    return file.id;
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return undefined;
    throw error;
  }
}
