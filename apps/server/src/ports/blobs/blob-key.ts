import { BlobError } from './blob-error.ts';
import type { BlobKey } from './blob-store.ts';

const ORG = /^[A-Za-z0-9_-]{1,64}$/;
const LONGEST_PATH = 700;

/**
 * Checks a key, so that every store refuses the same ones. Dot segments are refused because an HTTP hop may resolve them.
 * @throws BlobError `INVALID_KEY`
 */
export function checkBlobKey({ org, path }: BlobKey): void {
  checkOrg(org);
  const segments = path.split('/');
  if (
    Buffer.byteLength(path) > LONGEST_PATH ||
    !path.isWellFormed() ||
    hasControlCharacters(path) ||
    segments.some((segment) => segment === '' || segment === '.' || segment === '..')
  ) {
    throw new BlobError('INVALID_KEY', 'The path of a blob must be made of plain segments');
  }
}

/** Checks the organisation of a key. @throws BlobError `INVALID_KEY` */
export function checkOrg(org: string): void {
  if (!ORG.test(org)) throw new BlobError('INVALID_KEY', 'The organisation of a blob must be an identifier');
}

function hasControlCharacters(text: string): boolean {
  return [...text].some((character) => character < ' ' || character === '\u007f');
}
