import { BlobError } from '../blob-error.ts';

/** One page of `ListObjectsV2`, asked for with `encoding-type=url`. */
export interface ListingPage {
  readonly objects: readonly {
    readonly key: string;
    readonly size: number;
    readonly etag: string;
    readonly storedAt: Date;
  }[];
  /** Token of the next page; undefined on the last one. */
  readonly next: string | undefined;
}

/**
 * Reads the answer of a store the operator configured. Values are percent-encoded or numbers, so the few entities that can occur are those
 * around ETags and in tokens.
 * @throws BlobError `UNAVAILABLE` when it is no listing
 */
export function parseListing(xml: string): ListingPage {
  if (!xml.includes('<ListBucketResult'))
    throw new BlobError('UNAVAILABLE', 'The store answered with something that is no listing');
  const objects = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, object = '']) => ({
    key: decodeURIComponent(element(object, 'Key').replace(/\+/g, ' ')),
    size: Number(element(object, 'Size')),
    etag: bareEtag(element(object, 'ETag')),
    storedAt: new Date(element(object, 'LastModified')),
  }));
  const next = element(xml, 'NextContinuationToken');
  return { objects, next: element(xml, 'IsTruncated') === 'true' && next !== '' ? next : undefined };
}

/** An entity tag without quotes. */
export function bareEtag(tag: string): string {
  return tag.replace(/^W\//, '').replace(/^"|"$/g, '');
}

function element(xml: string, name: string): string {
  const [, text = ''] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  return text
    .replace(/&quot;|&#34;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
