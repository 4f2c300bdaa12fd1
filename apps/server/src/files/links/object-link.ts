import type { SecretBox } from '../../ports/index.ts';
import { canonicalQuery, isAhead, isSigned, type LinkPurpose, signText } from './signature.ts';

/** Signs a path of this server with its query for one organisation; adds `expires_at` (milliseconds) and `signature`. */
export function signPath(
  secrets: SecretBox,
  purpose: LinkPurpose,
  link: {
    readonly org: string;
    readonly path: string;
    readonly query: URLSearchParams;
    readonly expiresAt: number;
  },
): string {
  const query = new URLSearchParams(link.query);
  query.set('expires_at', String(link.expiresAt));
  query.set('signature', signText(secrets, link.org, purpose, `${link.path}?${canonicalQuery(query)}`));
  return `${link.path}?${query}`;
}

/** The query of a path that we signed for an organisation and that has not expired; undefined for any other. */
export function readSignedPath(
  secrets: SecretBox,
  purpose: LinkPurpose,
  link: { readonly org: string; readonly url: string; readonly now: Date },
): URLSearchParams | undefined {
  const [path = '', text = ''] = link.url.split('?', 2);
  const query = new URLSearchParams(text);
  const signature = query.get('signature') ?? '';
  if (!isAhead(query.get('expires_at'), link.now)) return undefined;
  return isSigned(secrets, link.org, purpose, `${path}?${canonicalQuery(query)}`, signature)
    ? query
    : undefined;
}
