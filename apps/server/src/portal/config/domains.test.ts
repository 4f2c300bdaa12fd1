import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type CaaRecord,
  createSettableClock,
  createTableDns,
  type Dns,
  DnsError,
  type Egress,
  EgressError,
  type TableDnsEntry,
} from '../../ports/index.ts';
import { testDatabase, testOrganisation } from '../../testing/test-database.ts';
import { readCertificate } from './certificate-store.ts';
import { Certificates, nextStatus } from './certificates.ts';
import { withDefaults } from './config-defaults.ts';
import { leadsToEdge, mayIssue } from './domain-check.ts';
import { hostLabel, hostName } from './host-name.ts';
import type { Portal } from './portal.ts';

const EDGE = { host: 'edge.busbar.example', authorities: ['letsencrypt.org', 'pki.goog'] };
const EDGE_ENTRY = { addresses: ['192.0.2.1', '192.0.2.2'] };
const issue = (value: string): CaaRecord => ({ critical: false, tag: 'issue', value });

function dnsWith(table: Record<string, TableDnsEntry>): Dns {
  return createTableDns({ 'edge.busbar.example': EDGE_ENTRY, ...table });
}

describe('a host name', () => {
  it.each([
    ['HTTPS://Portal.Example.org:443/login?x=1', 'portal.example.org'],
    ['portal.example.org.', 'portal.example.org'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['localhost', undefined],
    ['192.0.2.1', undefined],
    ['[2001:db8::1]', undefined],
    ['-bad.example', undefined],
    ['under_score.example', undefined],
    ['a b.example', undefined],
    ['', undefined],
    [`${'a'.repeat(64)}.example`, undefined],
  ])('%s is read as %s', (text, host) => {
    expect(hostName(text)).toBe(host);
  });

  it('begins with the words of the portal name', () => {
    expect(hostLabel('Kundenportal Müller & Söhne')).toBe('kundenportal-mueller-soehne');
    expect(hostLabel('東京')).toBe('portal');
    expect(hostLabel('x'.repeat(80))).toHaveLength(40);
  });
});

describe('whether a domain leads to the edge', () => {
  it.each<[string, Record<string, TableDnsEntry>, boolean]>([
    ['a CNAME', { 'my.example': { cname: ['EDGE.busbar.example.'] } }, true],
    [
      'a chain of CNAMEs',
      { 'my.example': { cname: ['a.example'] }, 'a.example': { cname: ['edge.busbar.example'] } },
      true,
    ],
    ['an address of the edge', { 'my.example': { addresses: ['192.0.2.2'] } }, true],
    ['a foreign address among them', { 'my.example': { addresses: ['192.0.2.2', '203.0.113.9'] } }, false],
    ['no record', {}, false],
    [
      'a circle of CNAMEs',
      { 'my.example': { cname: ['b.example'] }, 'b.example': { cname: ['my.example'] } },
      false,
    ],
  ])('with %s', async (_, table, leads) => {
    expect(await leadsToEdge(dnsWith(table), 'my.example', EDGE)).toBe(leads);
  });

  it('ends after eight hops', async () => {
    const table: Record<string, TableDnsEntry> = {};
    for (let hop = 0; hop < 9; hop += 1) table[`h${hop}.example`] = { cname: [`h${hop + 1}.example`] };
    table['h8.example'] = { cname: ['edge.busbar.example'] };
    expect(await leadsToEdge(dnsWith(table), 'h0.example', EDGE)).toBe(false);
    expect(await leadsToEdge(dnsWith(table), 'h1.example', EDGE)).toBe(true);
  });
});

describe('whether a certificate may be issued', () => {
  it.each<[string, Record<string, TableDnsEntry>, boolean]>([
    ['no records', {}, true],
    ['our authority', { 'my.example': { caa: [issue('letsencrypt.org')] } }, true],
    [
      'our authority with parameters',
      { 'my.example': { caa: [issue(' LetsEncrypt.org ; validationmethods=http-01')] } },
      true,
    ],
    ['another authority', { 'my.example': { caa: [issue('ca.example')] } }, false],
    ['nobody', { 'my.example': { caa: [issue(';')] } }, false],
    ['several, one of them ours', { 'my.example': { caa: [issue('ca.example'), issue('pki.goog')] } }, true],
    [
      'a rule for wildcards only',
      { 'my.example': { caa: [{ critical: false, tag: 'issuewild', value: ';' }] } },
      true,
    ],
    [
      'an unknown critical property',
      { 'my.example': { caa: [{ critical: true, tag: 'tbs', value: '1' }] } },
      false,
    ],
    ['an unknown property', { 'my.example': { caa: [{ critical: false, tag: 'tbs', value: '1' }] } }, true],
    ['a rule of the parent', { example: { caa: [issue('ca.example')] } }, false],
    [
      'an own rule before the parent’s',
      { 'my.example': { caa: [issue('letsencrypt.org')] }, example: { caa: [issue(';')] } },
      true,
    ],
  ])('with %s', async (_, table, allowed) => {
    expect(await mayIssue(dnsWith(table), 'my.example', EDGE)).toBe(allowed);
  });
});

describe('the state of a certificate', () => {
  const ordered = new Date('2027-01-01T00:00:00Z');
  const later = (hours: number) => new Date(ordered.getTime() + hours * 3_600_000);
  it('follows what a look finds', () => {
    expect(nextStatus('PENDING_VALIDATION', 'valid', ordered, later(1))).toBe('ISSUED');
    expect(nextStatus('PENDING_VALIDATION', 'unreachable', ordered, later(72))).toBe('PENDING_VALIDATION');
    expect(nextStatus('PENDING_VALIDATION', 'invalid', ordered, later(73))).toBe('VALIDATION_TIMED_OUT');
    expect(nextStatus('VALIDATION_TIMED_OUT', 'valid', ordered, later(99))).toBe('ISSUED');
    expect(nextStatus('ISSUED', 'unreachable', ordered, later(99))).toBe('ISSUED');
    expect(nextStatus('ISSUED', 'expired', ordered, later(99))).toBe('EXPIRED');
    expect(nextStatus('ISSUED', 'revoked', ordered, later(99))).toBe('REVOKED');
  });
});

/** A portal with a domain of its own, and certificates over a name service and a way out of the test's choice. */
async function setUp(dns: Dns, fetch: () => Promise<void>) {
  const database = await testDatabase();
  const org = testOrganisation();
  const clock = createSettableClock(new Date('2027-03-10T09:00:00Z'));
  const egress: Egress = {
    async fetch({ url }) {
      await fetch();
      return { status: 200, headers: {}, url, timings: { headersMs: 0, totalMs: 0 }, body: new Uint8Array() };
    },
    stream: () => Promise.reject(new Error('not asked here')),
    check: async () => undefined,
    close: async () => undefined,
  };
  const portal: Portal = {
    ...{ org, portalId: randomUUID(), origin: 'END_CUSTOMER_PORTAL', enabled: true, revision: 1 },
    config: withDefaults({ domain: 'my.example', epilot_domain: 'p.zone.example', is_epilot_domain: false }),
    domains: ['my.example', 'p.zone.example'],
    createdAt: clock.now(),
    updatedAt: clock.now(),
  };
  const certificates = new Certificates({ database, clock, dns, egress, edge: EDGE });
  const state = async () => {
    const found = await readCertificate(database.tenant(org), portal.portalId);
    return [found?.status, found?.failedReason];
  };
  return { certificates, portal, clock, state };
}

const tlsFailure = (code: string) =>
  new EgressError('TLS_FAILED', 'no', { cause: Object.assign(new Error(code), { code }) });
const LEADING = { 'my.example': { cname: ['edge.busbar.example'] } };

describe('checking a domain', () => {
  it('finds an issued certificate', async () => {
    const { certificates, portal, state } = await setUp(dnsWith(LEADING), async () => undefined);
    expect(await certificates.check(portal)).toMatchObject({ retry: false, isDNSConfigured: true });
    expect(await state()).toEqual(['ISSUED', undefined]);
  });

  it('asks to try again until the name leads to the edge', async () => {
    const { certificates, portal, state } = await setUp(dnsWith({}), async () => undefined);
    const verdict = await certificates.check(portal);
    expect(verdict).toMatchObject({ retry: true, isDNSConfigured: false });
    expect(verdict.message).toContain('edge.busbar.example');
    expect(await state()).toEqual(['PENDING_VALIDATION', undefined]);
  });

  it('names the record to add where CAA forbids, and goes on once it is there', async () => {
    const caa: CaaRecord[] = [issue('ca.example')];
    const dns = dnsWith({ 'my.example': { cname: ['edge.busbar.example'], caa } });
    const { certificates, portal, state } = await setUp(dns, () => Promise.reject(tlsFailure('CERT_X')));
    const verdict = await certificates.check(portal);
    expect(verdict).toMatchObject({ retry: false, isDNSConfigured: true });
    expect(verdict.message).toContain('my.example. CAA 0 issue "letsencrypt.org"');
    expect(await state()).toEqual(['FAILED', 'CAA_ERROR']);
    caa.push(issue('letsencrypt.org'));
    expect(await certificates.check(portal)).toMatchObject({ retry: true });
    expect(await state()).toEqual(['PENDING_VALIDATION', undefined]);
  });

  it('says so when the name service is out of order', async () => {
    const broken = () => Promise.reject(new DnsError('TEMPORARY', 'no answer'));
    const dns: Dns = { lookup: broken, caa: broken, cname: broken };
    const { certificates, portal } = await setUp(dns, async () => undefined);
    const verdict = await certificates.check(portal);
    expect(verdict).toMatchObject({ retry: true, isDNSConfigured: false });
    expect(verdict.message).toContain('temporary');
  });

  it('has nothing to do for a portal on the platform’s own name', async () => {
    const { certificates, portal } = await setUp(dnsWith({}), async () => undefined);
    const config = { ...portal.config, is_epilot_domain: true };
    expect(await certificates.check({ ...portal, config })).toMatchObject({
      retry: false,
      isDNSConfigured: true,
    });
  });

  it('is repeated in the background: expiry and orders that nobody can validate are noticed', async () => {
    let answer: () => Promise<void> = async () => undefined;
    const { certificates, portal, clock, state } = await setUp(dnsWith(LEADING), () => answer());
    await certificates.order(portal, 'my.example');
    const recheck = async (hours: number) => {
      clock.set(new Date(clock.now().getTime() + hours * 3_600_000));
      const find = async (id: string) => (id === portal.portalId ? portal : undefined);
      await certificates.recheck(find, new AbortController().signal);
      return (await state())[0];
    };
    answer = () => Promise.reject(new EgressError('CONNECT_FAILED', 'no'));
    expect(await recheck(1)).toBe('PENDING_VALIDATION');
    expect(await recheck(72)).toBe('VALIDATION_TIMED_OUT');
    answer = async () => undefined;
    expect(await recheck(1)).toBe('ISSUED');
    answer = () => Promise.reject(tlsFailure('CERT_HAS_EXPIRED'));
    expect(await recheck(1)).toBe('EXPIRED');
  });
});
