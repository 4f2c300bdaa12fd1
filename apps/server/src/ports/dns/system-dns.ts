import { lookup, resolveCaa, resolveCname } from 'node:dns/promises';
import type { CaaRecord, Dns, ResolvedAddress } from './dns.ts';
import { DnsError } from './dns-error.ts';

const ABSENT: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA']);

/** The name service of the machine: addresses as the operating system sees them (hosts file included), records from its resolvers. */
export const systemDns: Dns = {
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
  caa: (host) => recordsOrNone(host, async () => (await resolveCaa(host)).flatMap(toCaaRecord)),
  cname: (host) => recordsOrNone(host, () => resolveCname(host)),
};

async function recordsOrNone<T>(host: string, ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await ask();
  } catch (cause) {
    const error = toDnsError(host, cause);
    if (error.code === 'NOT_FOUND') return [];
    throw error;
  }
}

/** The platform gives `{ critical: 0 | 128, <tag>: value }`; we give the tag a member of its own. */
function toCaaRecord({ critical, ...properties }: { critical: number }): CaaRecord[] {
  return Object.entries(properties).flatMap(([tag, value]) =>
    typeof value === 'string' ? [{ critical: critical !== 0, tag, value }] : [],
  );
}

function toDnsError(host: string, cause: unknown): DnsError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return ABSENT.has(code)
    ? new DnsError('NOT_FOUND', `No such record for ${host}`, { cause })
    : new DnsError('TEMPORARY', `The name service did not answer for ${host}`, { cause });
}
