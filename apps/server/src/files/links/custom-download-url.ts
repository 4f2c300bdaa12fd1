import type { SecretBox } from '../../ports/index.ts';
import { canonicalQuery, isAhead, isSigned, signText } from './signature.ts';

/** How long a download link may be used: 15 minutes (entities.md 8). */
export const LINK_MILLISECONDS = 15 * 60_000;

const PURPOSE = 'files.custom-download';

/**
 * Signs the address of a file outside for one organisation (erp-integration.md 12.3): adds `expires_at` (milliseconds, 15 minutes from `now`,
 * UTC) and `signature`; those that are there already are replaced. `url` is absolute.
 */
export function signCustomDownloadUrl(secrets: SecretBox, org: string, url: string, now: Date): string {
  const signed = new URL(url);
  signed.searchParams.delete('signature');
  signed.searchParams.set('expires_at', String(now.getTime() + LINK_MILLISECONDS));
  signed.searchParams.append('signature', signText(secrets, org, PURPOSE, canonical(signed)));
  return signed.href;
}

/**
 * Whether an address was signed for this organisation and has not expired. The order of its parameters does not count, any changed value does.
 */
export function verifySignature(secrets: SecretBox, org: string, url: string, now: Date): boolean {
  if (!URL.canParse(url)) return false;
  const given = new URL(url);
  const [signature, ...others] = given.searchParams.getAll('signature');
  const [expiresAt = null, ...laterOnes] = given.searchParams.getAll('expires_at');
  if (signature === undefined || others.length > 0 || laterOnes.length > 0 || !isAhead(expiresAt, now))
    return false;
  return isSigned(secrets, org, PURPOSE, canonical(given), signature);
}

function canonical(url: URL): string {
  return `${url.origin}${url.pathname}?${canonicalQuery(url.searchParams)}`;
}
