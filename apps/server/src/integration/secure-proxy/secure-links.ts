import { type AllowedTarget, parseAllowedTargets } from '../../ports/index.ts';

/** The private networks that secure links of an organisation may lead into; empty where the operator has opened none. */
export type SecureLinks = (org: string) => readonly AllowedTarget[];

/**
 * Reads the operator's setting: targets as in `BUSBAR_ALLOWED_EGRESS`, for all organisations, or for one where its id and `=` come first.
 * @throws EgressError `INVALID_REQUEST` that names the entry that cannot be read
 */
export function parseSecureLinks(entries: readonly string[]): SecureLinks {
  const read = entries.map((entry) => {
    const [, org, target] = /^(?:([^=]+)=)?(.*)$/.exec(entry) ?? [];
    return { org, targets: parseAllowedTargets(target ?? '') };
  });
  return (org) =>
    read.flatMap((entry) => (entry.org === undefined || entry.org === org ? entry.targets : []));
}
