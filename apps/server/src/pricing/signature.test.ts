import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSettableClock } from '../ports/index.ts';
import { testSecrets } from '../testing/test-identity.ts';
import { canonicalJson } from './canonical-json.ts';
import { Signatures } from './signature.ts';

const clock = createSettableClock(new Date('2026-03-01T10:00:00.000Z'));
const signatures = new Signatures({ secrets: testSecrets, clock });
const payload = { amount_total: 1200, inputs: { type: 'power', zipCode: '50667' } };

describe('signatures', () => {
  it('hold for the payload in any order of members, with its _meta beside it', () => {
    const signed = signatures.signed('1', 'compute-price', payload);
    expect(signed._meta).toEqual({
      signature: expect.stringMatching(/^[0-9a-f]{64}$/),
      timestamp: Date.parse('2026-03-01T10:00:00.000Z'),
    });
    const shuffled = { _meta: signed._meta, inputs: { zipCode: '50667', type: 'power' }, amount_total: 1200 };
    expect(signatures.isGenuine('1', 'compute-price', shuffled, shuffled._meta)).toBe(true);
  });

  it('do not hold for another payload, organisation, purpose or time', () => {
    const meta = signatures.sign('1', 'compute-price', payload);
    const genuine = (org: string, purpose: 'compute-price' | 'provider', content: object, m: unknown) =>
      signatures.isGenuine(org, purpose, content, m);
    expect(genuine('1', 'compute-price', payload, meta)).toBe(true);
    expect(genuine('1', 'compute-price', { ...payload, amount_total: 1 }, meta)).toBe(false);
    expect(genuine('1', 'compute-price', { ...payload, extra: null }, meta)).toBe(false);
    expect(genuine('2', 'compute-price', payload, meta)).toBe(false);
    expect(genuine('1', 'provider', payload, meta)).toBe(false);
    expect(genuine('1', 'compute-price', payload, { ...meta, timestamp: meta.timestamp + 1 })).toBe(false);
  });

  it('are good for 24 hours', () => {
    const now = clock.now();
    const meta = signatures.sign('1', 'provider', payload);
    clock.set(new Date(now.getTime() + 24 * 3600 * 1000));
    expect(signatures.isGenuine('1', 'provider', payload, meta)).toBe(true);
    clock.advance(1);
    expect(signatures.isGenuine('1', 'provider', payload, meta)).toBe(false);
    clock.set(now);
  });

  it('refuse whatever is no _meta without throwing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (meta) => {
        expect(signatures.isGenuine('1', 'provider', payload, meta)).toBe(false);
      }),
    );
    expect(signatures.isGenuine('1', 'provider', payload, { signature: 'ab', timestamp: 1 })).toBe(false);
  });
});

describe('canonical JSON', () => {
  it('is the same for equal values and reads back as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it('sorts members by code unit and leaves absent ones out', () => {
    expect(canonicalJson({ b: [2, { z: 1, a: undefined }], a: null, Z: 'ü' })).toBe(
      '{"Z":"ü","a":null,"b":[2,{"z":1}]}',
    );
  });
});
