import { describe, expect, it } from 'vitest';
import type { Dns } from './dns.ts';
import { systemDns } from './system-dns.ts';
import { createTableDns } from './table-dns.ts';

const LOOPBACK: readonly (readonly [string, Dns])[] = [
  ['system', systemDns],
  ['table', createTableDns({ localhost: { addresses: ['127.0.0.1', '::1'] } })],
];

describe.each(LOOPBACK)('the %s name service', (_name, dns) => {
  it('finds the addresses of a host, with their families', async () => {
    const addresses = await dns.lookup('localhost');
    expect(addresses.length).toBeGreaterThan(0);
    for (const { address, family } of addresses) expect(family).toBe(address.includes(':') ? 6 : 4);
    expect(addresses.map(({ address }) => address)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(127\.0\.0\.1|::1)$/)]),
    );
  });

  it('says that there is no such host, with a typed error', async () => {
    // Reserved by RFC 6761. A machine without any name service cannot know, and says so.
    const error = await dns.lookup('busbar-test.invalid').catch((failure: unknown) => failure);
    expect(error).toMatchObject({ name: 'DnsError', code: expect.stringMatching(/^(NOT_FOUND|TEMPORARY)$/) });
  });
});

describe('the table name service', () => {
  const caa = [{ critical: true, tag: 'issue', value: 'ca.example' }];
  const dns = createTableDns({
    'portal.example': { addresses: ['192.0.2.1'], caa, cname: ['edge.example'] },
    'bare.example': {},
  });

  it('answers from its table, whatever the case or a final dot', async () => {
    expect(await dns.lookup('PORTAL.example.')).toEqual([{ address: '192.0.2.1', family: 4 }]);
    expect(await dns.caa('portal.example')).toEqual(caa);
    expect(await dns.cname('portal.example')).toEqual(['edge.example']);
  });

  it('has no records for other names', async () => {
    for (const host of ['bare.example', 'other.example', '__proto__']) {
      await expect(dns.lookup(host)).rejects.toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
      expect(await dns.caa(host)).toEqual([]);
      expect(await dns.cname(host)).toEqual([]);
    }
  });

  it('asks again every time when answers change', async () => {
    const answers = [['192.0.2.1'], ['192.0.2.2']];
    const changing = createTableDns({ 'moves.example': { addresses: () => answers.shift() ?? [] } });
    expect((await changing.lookup('moves.example'))[0]?.address).toBe('192.0.2.1');
    expect((await changing.lookup('moves.example'))[0]?.address).toBe('192.0.2.2');
    await expect(changing.lookup('moves.example')).rejects.toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
  });
});
