import { createSocket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import type { Dns } from './dns.ts';
import { createSystemDns } from './system-dns.ts';
import { createTableDns } from './table-dns.ts';

const LOOPBACK: readonly (readonly [string, Dns])[] = [
  ['system', createSystemDns()],
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

/** A name server on loopback that answers every question of a type with one record, given as its data. */
async function startNameServer(records: Readonly<Record<number, Buffer>>) {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const end = query.indexOf(0, 12) + 5;
    const type = query.readUInt16BE(end - 4);
    const data = records[type];
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8180, 2);
    header.writeUInt16BE(data ? 1 : 0, 6);
    header.writeUInt32BE(0, 8);
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(type, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(60, 6);
    record.writeUInt16BE(data?.length ?? 0, 10);
    socket.send(
      Buffer.concat([header, query.subarray(12, end), ...(data ? [record, data] : [])]),
      port,
      address,
    );
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    server: `127.0.0.1:${socket.address().port}`,
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

describe('records of the system name service', () => {
  const CAA = 257;
  const CNAME = 5;

  it('gives CAA records with tag and value, and the target of an alias', async () => {
    const caa = Buffer.concat([Buffer.from([128, 5]), Buffer.from('issueca.example')]);
    const cname = Buffer.concat([
      Buffer.from([4]),
      Buffer.from('edge'),
      Buffer.from([7]),
      Buffer.from('example'),
      Buffer.from([0]),
    ]);
    const { server, close } = await startNameServer({ [CAA]: caa, [CNAME]: cname });
    const dns = createSystemDns({ servers: [server] });
    expect(await dns.caa('portal.example')).toEqual([{ critical: true, tag: 'issue', value: 'ca.example' }]);
    expect(await dns.cname('portal.example')).toEqual(['edge.example']);
    await close();
  });

  it('tells no records from no answer', async () => {
    const { server, close } = await startNameServer({});
    const dns = createSystemDns({ servers: [server] });
    expect(await dns.caa('portal.example')).toEqual([]);
    expect(await dns.cname('portal.example')).toEqual([]);
    await close();
    await expect(dns.caa('portal.example')).rejects.toThrow(expect.objectContaining({ code: 'TEMPORARY' }));
  });
});
