import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SecretBox } from '../../ports/index.ts';

/** What a link is for; a signature of one kind is worth nothing for another. */
export type LinkPurpose = 'files.upload' | 'files.download' | 'files.custom-download';

/** Signs a text for one organisation: HMAC-SHA-256, base64url. */
export function signText(secrets: SecretBox, org: string, purpose: LinkPurpose, text: string): string {
  const [key] = secrets.signingKeys({ org, purpose });
  if (!key) throw new Error('There is no master key');
  return createHmac('sha256', key).update(text).digest('base64url');
}

/** Whether a signature is one of ours, under any known master key. Takes the same time wherever it differs. */
export function isSigned(
  secrets: SecretBox,
  org: string,
  purpose: LinkPurpose,
  text: string,
  signature: string,
): boolean {
  const given = Buffer.from(signature, 'base64url');
  return secrets.signingKeys({ org, purpose }).some((key) => {
    const expected = createHmac('sha256', key).update(text).digest();
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** A query in the form that is signed: sorted by name, values of one name in their order, without the signature itself. */
export function canonicalQuery(parameters: URLSearchParams): string {
  const sorted = new URLSearchParams([...parameters].filter(([name]) => name !== 'signature'));
  sorted.sort();
  return sorted.toString();
}

/** Whether an `expires_at` in milliseconds still lies ahead. */
export function isAhead(expiresAt: string | null, now: Date): boolean {
  return expiresAt !== null && /^\d{1,15}$/.test(expiresAt) && Number(expiresAt) > now.getTime();
}
