import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTableDns } from '../dns/table-dns.ts';
import { EgressError } from './egress-error.ts';
import { resolveTarget } from './resolve-target.ts';
import { parseTarget } from './target.ts';

const dns = createTableDns({
  'metadata.google.internal': { addresses: ['169.254.169.254'] },
  'localtest.example': { addresses: ['127.0.0.1'] },
  localhost: { addresses: ['::1', '127.0.0.1'] },
  'mixed.example': { addresses: ['93.184.215.14', '10.0.0.5'] },
  'mixed6.example': { addresses: ['93.184.215.14', 'fd12::1'] },
  'zone.example': { addresses: ['fe80::1%eth0'] },
  'odd.example': { addresses: ['not an address'] },
  'public.example': { addresses: ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'] },
});

async function outcome(url: string): Promise<string> {
  try {
    await resolveTarget(parseTarget(url), dns, []);
    return 'allowed';
  } catch (error) {
    if (error instanceof EgressError) return error.code;
    throw error;
  }
}

const REFUSED = [
  // loopback and "this host", in every spelling a URL parser understands
  'http://127.0.0.1/',
  'http://127.0.0.1./',
  'http://127.1/',
  'http://127.0.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.1/',
  'http://0X7F.0x0.0x0.0x1/',
  'http://0177.0.0.1/',
  'http://017700000001/',
  'http://127.255.255.254/',
  'http://0/',
  'http://0.0.0.0/',
  'http://0.1.2.3/',
  'http://%31%32%37.0.0.1/',
  'http://127%2e0%2e0%2e1/',
  'http://１２７.０.０.１/',
  'http://①②⑦.⓪.⓪.①/',
  'http://127。0。0。1/',
  'http://localhost/',
  'http://LOCALHOST/',
  'http://localhost./',
  'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/',
  // private networks
  'http://10.0.0.1/',
  'http://10.255.255.255/',
  'http://0xa.1/',
  'http://012.0.0.1/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.0.1/',
  'http://3232235521/',
  // link-local, carrier-grade NAT, benchmarking, assignments, documentation, multicast, reserved
  'http://169.254.0.1/',
  'http://100.64.0.1/',
  'http://100.127.255.254/',
  'http://198.18.0.1/',
  'http://198.19.255.254/',
  'http://192.0.0.8/',
  'http://192.0.2.1/',
  'http://192.88.99.1/',
  'http://198.51.100.1/',
  'http://203.0.113.1/',
  'http://224.0.0.1/',
  'http://239.255.255.255/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  // metadata services
  'http://169.254.169.254/latest/meta-data/',
  'http://0xa9fea9fe/',
  'http://169.254.170.2/',
  'http://168.63.129.16/',
  'http://100.100.100.200/',
  'http://192.0.0.192/',
  'http://metadata.google.internal/',
  'http://[fd00:ec2::254]/',
  // IPv6
  'http://[::1]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[::ffff:10.0.0.1]/',
  'http://[::ffff:169.254.169.254]/',
  'http://[::127.0.0.1]/',
  'http://[::7f00:1]/',
  'http://[::ffff:0:127.0.0.1]/',
  'http://[64:ff9b::127.0.0.1]/',
  'http://[64:ff9b::a9fe:a9fe]/',
  'http://[64:ff9b:1::808:808]/',
  'http://[2002:7f00:1::]/',
  'http://[2002:a9fe:a9fe::1]/',
  'http://[2001::1]/',
  'http://[2001:db8::1]/',
  'http://[2001:10::1]/',
  'http://[3fff::1]/',
  'http://[fe80::1]/',
  'http://[febf::1]/',
  'http://[fec0::1]/',
  'http://[fc00::1]/',
  'http://[fd12:3456::1]/',
  'http://[ff02::1]/',
  'http://[100::1]/',
  'http://[4000::1]/',
  // names
  'http://localtest.example/',
  'http://mixed.example/',
  'http://mixed6.example/',
  'http://zone.example/',
  'http://odd.example/',
];

const INVALID = [
  '',
  '/relative',
  '//public.example/',
  'ftp://public.example/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:11211/',
  'data:text/plain,x',
  'http://public.example@127.0.0.1/',
  'http://user:secret@public.example/',
  'http://:secret@public.example/',
  'http://public.example\\@127.0.0.1/',
  'http:\\\\127.0.0.1\\',
  'http://public.example\t/',
  'http://127.0.0.1\n.public.example/',
  'http://public.example\u0000/',
  'http://[fe80::1%25eth0]/',
  'http://[::1/',
  'http://256.256.256.256/',
  'http://1.2.3.4.5/',
  'http://0x100000000/',
  'http://public.example:0/',
  'http://public.example:99999/',
];

const ALLOWED = [
  'http://public.example/',
  'https://PUBLIC.example./x?y#z',
  'http://93.184.215.14/',
  'http://1.1.1.1:8080/',
  'http://134744072/',
  'http://172.15.255.255/',
  'http://172.32.0.1/',
  'http://100.63.255.255/',
  'http://100.128.0.1/',
  'http://198.17.255.255/',
  'http://198.20.0.1/',
  'http://[2606:4700:4700::1111]/',
  'http://[::ffff:8.8.8.8]/',
  'http://[64:ff9b::8.8.8.8]/',
];

describe('the addresses that may be called', () => {
  it.each(REFUSED)('refuses %s', async (url) => {
    expect(await outcome(url)).toBe('ADDRESS_REFUSED');
  });

  it.each(INVALID)('does not accept %j as a URL', async (url) => {
    expect(await outcome(url)).toBe('INVALID_URL');
  });

  it.each(ALLOWED)('allows %s', async (url) => {
    expect(await outcome(url)).toBe('allowed');
  });

  it('refuses a private IPv4 address whatever number system its parts are written in', async () => {
    const octet = fc.nat(255);
    const spell = fc.constantFrom(
      (part: number) => String(part),
      (part: number) => `0x${part.toString(16)}`,
      (part: number) => `0${part.toString(8)}`,
    );
    const privateStart = fc.constantFrom([10, 1], [127, 0], [192, 168], [172, 20], [169, 254], [100, 99]);
    await fc.assert(
      fc.asyncProperty(
        privateStart,
        octet,
        octet,
        fc.array(spell, { minLength: 4, maxLength: 4 }),
        async (start, c, d, spells) => {
          const host = [...start, c, d].map((part, index) => spells[index]?.(part) ?? String(part)).join('.');
          expect(await outcome(`http://${host}/`)).toBe('ADDRESS_REFUSED');
        },
      ),
    );
  });

  it('refuses the whole of a private IPv4 network when it hides in IPv6', async () => {
    const hide = fc.constantFrom(
      (high: string, low: string) => `::ffff:${high}:${low}`,
      (high: string, low: string) => `::${high}:${low}`,
      (high: string, low: string) => `64:ff9b::${high}:${low}`,
      (high: string, low: string) => `2002:${high}:${low}::`,
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(0xffff), fc.nat(0xff), hide, async (low, second, disguise) => {
        const high = ((10 << 8) | second).toString(16);
        expect(await outcome(`http://[${disguise(high, low.toString(16))}]/`)).toBe('ADDRESS_REFUSED');
      }),
    );
  });
});
