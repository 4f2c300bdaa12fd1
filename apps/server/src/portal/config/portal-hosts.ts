import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { invalid } from '../../refusal.ts';
import { sql, type TenantTransaction } from '../../storage/index.ts';
import { hostLabel, hostName } from './host-name.ts';

/** Names of the deployment that portals cannot have. */
export interface HostSettings {
  /** DNS zone of the platform sub-domains. */
  readonly baseDomain: string;
  /** Hosts of the server itself and of its edge. */
  readonly reserved: ReadonlySet<string>;
}

/** The names of a portal after a save, and whether each leads to it. */
export interface PortalHosts {
  readonly domain: string;
  readonly epilotDomain: string;
  readonly isEpilotDomain: boolean;
}

const MOST_TRIES = 50;

/**
 * Works out the names a portal has after a save, and claims them for it (portal §2.2): what was sent, else what it had, else a platform
 * sub-domain. Names are unique in the whole installation: a taken one is refused with `taken()`.
 */
export async function claimHosts(
  tx: TenantTransaction,
  portalId: string,
  before: JsonObject,
  sent: JsonObject,
  settings: HostSettings,
  taken: (host: string) => Error,
): Promise<PortalHosts> {
  const own = await ownHosts(tx, portalId);
  const claim = async (host: string) => {
    if (own.has(host)) return true;
    if (settings.reserved.has(host)) return false;
    return insertHost(tx, portalId, host);
  };
  const wantedDomain = wanted('domain', sent, before);
  const wantedEpilot = wanted('epilot_domain', sent, before);
  const saysEpilot = sent['is_epilot_domain'] ?? before['is_epilot_domain'];
  if (wantedEpilot !== undefined && !(await claim(wantedEpilot))) throw taken(wantedEpilot);
  if (wantedDomain !== undefined && wantedDomain !== wantedEpilot && !(await claim(wantedDomain))) {
    throw taken(wantedDomain);
  }
  const isEpilotDomain =
    wantedDomain === undefined ||
    wantedDomain === wantedEpilot ||
    saysEpilot === true ||
    isBelow(wantedDomain, settings.baseDomain);
  const epilotDomain =
    wantedEpilot ??
    (isEpilotDomain && wantedDomain !== undefined
      ? wantedDomain
      : await claimSubDomain(tx, String(sent['name'] ?? before['name'] ?? ''), settings, claim));
  const hosts = { domain: wantedDomain ?? epilotDomain, epilotDomain, isEpilotDomain };
  await settle(tx, portalId, hosts, asObject(sent['domain_settings'] ?? before['domain_settings']));
  return hosts;
}

/** A platform sub-domain for a portal: `<name>-<organisation>.<zone>`, with a number behind the name when that is taken. */
async function claimSubDomain(
  tx: TenantTransaction,
  name: string,
  { baseDomain }: HostSettings,
  claim: (host: string) => Promise<boolean>,
): Promise<string> {
  for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
    const label = attempt === 1 ? hostLabel(name) : `${hostLabel(name)}-${attempt}`;
    const host = `${label}-${tx.org}.${baseDomain}`;
    if (await claim(host)) return host;
  }
  throw invalid({ path: 'body.name', message: 'no free platform sub-domain: choose another name' });
}

async function ownHosts(tx: TenantTransaction, portalId: string): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ domain: string }>(
    sql`select domain from portal_domain where org_id = ${tx.org} and portal_id = ${portalId}`,
  );
  return new Set(rows.map((row) => row.domain));
}

/** False when somebody else, of whatever organisation, has the name. */
async function insertHost(tx: TenantTransaction, portalId: string, host: string): Promise<boolean> {
  const inserted = await tx.run(sql`
    insert into portal_domain (org_id, domain, portal_id) values (${tx.org}, ${host}, ${portalId}) on conflict do nothing`);
  return inserted > 0;
}

/** Gives up names the portal no longer has, and notes which of the others lead to it. */
async function settle(
  tx: TenantTransaction,
  portalId: string,
  { domain, epilotDomain, isEpilotDomain }: PortalHosts,
  flags: JsonObject,
): Promise<void> {
  await tx.run(sql`
    delete from portal_domain
     where org_id = ${tx.org} and portal_id = ${portalId} and domain not in (${domain}, ${epilotDomain})`);
  const custom = flags['is_custom_domain_enabled'];
  const epilot = flags['is_epilot_domain_enabled'];
  const bothAbsent = custom === undefined && epilot === undefined;
  const isDomainActive = bothAbsent || custom === true || isEpilotDomain;
  const isEpilotActive = bothAbsent || epilot === true || (isEpilotDomain && domain === epilotDomain);
  await tx.run(sql`
    update portal_domain
       set active = case when domain = ${domain} and ${isDomainActive}::boolean then true
                         when domain = ${epilotDomain} then ${isEpilotActive}::boolean else false end
     where org_id = ${tx.org} and portal_id = ${portalId}`);
}

function wanted(field: string, sent: JsonObject, before: JsonObject): string | undefined {
  const value = sent[field] === undefined ? before[field] : sent[field];
  if (typeof value !== 'string' || value === '') return undefined;
  const host = hostName(value);
  if (host === undefined) throw invalid({ path: `body.${field}`, message: 'must be a host name' });
  return host;
}

function isBelow(host: string, zone: string): boolean {
  return host.endsWith(`.${zone}`);
}
