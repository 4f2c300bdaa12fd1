import { isStorableText } from '../storable-text.ts';

/** One field to sort by. */
export interface SortKey {
  readonly field: string;
  readonly descending: boolean;
}

/** A sort that cannot be read; callers answer 400. */
export class SortError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SortError';
  }
}

const MOST_KEYS = 8;
const WRITTEN = /^([^\s:]+)(?:(?::|\s+)(asc|desc))?$/i;

/**
 * Reads `field:asc`, `field:desc`, `field desc`, a comma-separated list of them, or a list of texts. Without a direction it is ascending, as
 * in Elasticsearch. At most 8 fields. Throws SortError.
 */
export function parseSort(sort: string | readonly string[] | undefined): SortKey[] {
  if (sort === undefined) return [];
  const written = (typeof sort === 'string' ? [sort] : sort).flatMap((text) => text.split(','));
  const keys = written.map((text) => text.trim()).filter((text) => text !== '');
  if (keys.length > MOST_KEYS) throw new SortError(`has more than ${MOST_KEYS} fields`);
  return keys.map((text) => {
    const match = WRITTEN.exec(text);
    if (!match?.[1] || !isStorableText(text))
      throw new SortError('must be written as field:asc or field:desc');
    return { field: match[1], descending: match[2]?.toLowerCase() === 'desc' };
  });
}
