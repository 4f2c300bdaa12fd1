import { normalHost } from '../../identity/index.ts';

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const HOST = new RegExp(`^(?=.{1,253}$)(?:${LABEL}\\.)+(?=[a-z0-9-]*[a-z])${LABEL}$`);

/**
 * A host name as portals are found by: lower case, ASCII (IDNA), without scheme, port, path and trailing dot (portal §2.2). Undefined when
 * the text is no host name; addresses are none.
 */
export function hostName(text: string): string | undefined {
  const host = normalHost(text.trim());
  return HOST.test(host) ? host : undefined;
}

/** The label a portal's platform sub-domain begins with: its name in lower-case ASCII, words joined by hyphens, 1 to 40 characters. */
export function hostLabel(name: string): string {
  const ascii = name
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return ascii || 'portal';
}
