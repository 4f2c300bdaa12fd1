import { type Document, isDocument } from '../../entities/index.ts';
import type { SecretBox } from '../../ports/index.ts';
import { objectIdOf, type S3Ref } from '../store/file-object.ts';
import { LINK_MILLISECONDS, signCustomDownloadUrl } from './custom-download-url.ts';
import { signPath } from './object-link.ts';

export interface DownloadWish {
  /** 0 is the newest. */
  readonly version?: number | undefined;
  /** False lets browsers show what they can show safely. Default true. */
  readonly attachment?: boolean | undefined;
  /** Signed into the link, for those who count downloads: names beginning with `x-track-`. */
  readonly track?: Readonly<Record<string, string>> | undefined;
}

interface Ground {
  readonly secrets: SecretBox;
  readonly baseUrl: string;
  readonly org: string;
  readonly now: Date;
}

const TRACK = /^x-track-[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?$/;
const MOST_TRACKS = 10;
const LONGEST_TRACK = 256;

/**
 * The address of a file's bytes (contract operation `downloadFile`). An external file in `token` mode is answered as it is stored, others are
 * signed for 15 minutes. Undefined when there is no such version.
 */
export function downloadUrlOf(
  { secrets, baseUrl, org, now }: Ground,
  file: { readonly id: string; readonly doc: Document },
  { version = 0, attachment = true, track = {} }: DownloadWish,
): string | undefined {
  const external = file.doc['custom_download_url'];
  if (typeof external === 'string' && URL.canParse(external)) {
    if (file.doc['custom_download_url_auth'] === 'token') return external;
    const tracked = new URL(external);
    for (const [name, value] of trackingOf(track)) tracked.searchParams.set(name, value);
    return signCustomDownloadUrl(secrets, org, tracked.href, now);
  }
  const ref = refOfVersion(file.doc, version);
  const id = ref && objectIdOf(org, ref);
  if (id === undefined) return undefined;
  const query = new URLSearchParams([['file', file.id], ...trackingOf(track)]);
  if (!attachment) query.set('inline', '1');
  const expiresAt = now.getTime() + LINK_MILLISECONDS;
  return `${baseUrl}${signPath(secrets, 'files.download', { org, path: `/files/${org}/${id}`, query, expiresAt })}`;
}

/** The tracking parameters that the contract honours. */
function trackingOf(track: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(track)
    .filter(([name, value]) => TRACK.test(name) && value.length <= LONGEST_TRACK)
    .slice(0, MOST_TRACKS);
}

/** Where the bytes of a version (0 is the newest) lie; undefined when there is none. */
export function refOfVersion(doc: Document, version: number): S3Ref | undefined {
  const versions = Array.isArray(doc['versions']) ? doc['versions'] : [];
  const chosen: unknown = versions[version];
  const ref = isDocument(chosen) ? chosen['s3ref'] : version === 0 ? doc['s3ref'] : undefined;
  if (!isDocument(ref) || typeof ref['bucket'] !== 'string' || typeof ref['key'] !== 'string')
    return undefined;
  return { bucket: ref['bucket'], key: ref['key'] };
}
