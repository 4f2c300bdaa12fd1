import { asObject } from '../../contract/json-object.ts';

/**
 * The stringified UI settings without their seamless links, which only signed-in users get, resolved (portal §2.4, §3.3). Settings without
 * such links are returned as they were stored, byte for byte; unreadable ones of older portals become `{}`.
 */
export function withoutSeamlessLinks(config: unknown): string {
  if (typeof config !== 'string') return '{}';
  if (!config.includes('seamless')) return config;
  try {
    const settings = asObject(JSON.parse(config));
    const links = settings['externalLinks'];
    if (!Array.isArray(links)) return config;
    const open = links.filter((link: unknown) => asObject(link)['type'] !== 'seamless');
    return open.length === links.length ? config : JSON.stringify({ ...settings, externalLinks: open });
  } catch {
    // What cannot be read cannot be searched for links that must not leave.
    return '{}';
  }
}
