import { isEntityId } from '../../entities/index.ts';
import type { BlobStore, Clock, SecretBox } from '../../ports/index.ts';
import { notFound } from '../../refusal.ts';
import type { Database } from '../../storage/index.ts';

/** What the routes of bytes are built on. They have no principal: their links carry the authority. */
export interface RoutePlatform {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly secrets: SecretBox;
  readonly clock: Clock;
}

/** Organisation and object of a path; throws 404 for what cannot be one. */
export function objectOfPath(params: unknown): { readonly org: string; readonly id: string } {
  const { org, id } =
    typeof params === 'object' && params !== null ? { org: undefined, id: undefined, ...params } : {};
  if (
    typeof org !== 'string' ||
    !/^[A-Za-z0-9_-]{1,64}$/.test(org) ||
    typeof id !== 'string' ||
    !isEntityId(id)
  ) {
    throw notFound('The file');
  }
  return { org, id };
}
