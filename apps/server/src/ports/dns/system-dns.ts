import { lookup, Resolver } from 'node:dns/promises';
import type { CaaRecord, Dns, ResolvedAddress } from './dns.ts';
import { DnsError } from './dns-error.ts';

export interface SystemDnsOptions {
  /** Name servers (`ip` or `ip:port`) for CAA and CNAME records; those of the machine by default. */
  readonly servers?: readonly string[];
}

const ABSENT: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA']);

/** The name service of the machine: addresses as the operating system sees them (hosts file included), records from name servers. */
export function createSystemDns({ servers }: SystemDnsOptions = {}): Dns {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  if (servers) resolver.setServers([...servers]);
  return {
    async lookup(host) {
      try {
        const answers = await lookup(host, { all: true, order: 'verbatim' });
        return answers.map(
          ({ address, family }): ResolvedAddress => ({ address, family: family === 6 ? 6 : 4 }),
        );
      } catch (cause) {
        throw toDnsError(host, cause);
      }
    },
    caa: (host) => recordsOrNone(host, async () => (await resolver.resolveCaa(host)).flatMap(toCaaRecord)),
    cname: (host) => recordsOrNone(host, () => resolver.resolveCname(host)),
  };
}

async function recordsOrNone<T>(host: string, ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await ask();
  } catch (cause) {
    const error = toDnsError(host, cause);
    if (error.code === 'NOT_FOUND') return [];
    throw error;
  }
}

/** The platform gives `{ critical, <tag>: value }` and the type of the record; we give the tag a member of its own. */
function toCaaRecord({ critical, ...properties }: { critical: number; type?: string }): CaaRecord[] {
  const { type: _type, ...tags } = properties;
  return Object.entries(tags).flatMap(([tag, value]) =>
    typeof value === 'string' ? [{ critical: critical !== 0, tag, value }] : [],
  );
}

function toDnsError(host: string, cause: unknown): DnsError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return ABSENT.has(code)
    ? new DnsError('NOT_FOUND', `No such record for ${host}`, { cause })
    : new DnsError('TEMPORARY', `The name service did not answer for ${host}`, { cause });
}
