import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, SecretBox } from '../ports/index.ts';
import { canonicalJson } from './canonical-json.ts';

/** What is signed; a signature for one purpose is worth nothing for another. */
export type SignaturePurpose =
  | 'compute-price'
  | 'provider'
  | 'average-market-price'
  | 'external-catalog-item';

/** `_meta` of a signed answer (contract schema `SignatureMeta`): hex HMAC, and milliseconds since 1970. */
export interface SignatureMeta {
  readonly signature: string;
  readonly timestamp: number;
}

/** Signed data is good for a day (spec/pricing.md B0.5). */
const LONGEST_AGE_MS = 24 * 3600 * 1000;
/** Clocks of two servers may differ by this much. */
const LARGEST_CLOCK_DIFFERENCE_MS = 60 * 1000;

/**
 * Signs what a browser carries from one public call to a later one: computed grid fees, providers, market prices, items of external catalogs
 * (spec/pricing.md B0.5). The key belongs to one organisation.
 */
export class Signatures {
  readonly #secrets: SecretBox;
  readonly #clock: Clock;

  constructor(platform: { readonly secrets: SecretBox; readonly clock: Clock }) {
    this.#secrets = platform.secrets;
    this.#clock = platform.clock;
  }

  /** Signs a payload as of now. A `_meta` member of the payload is not part of what is signed. */
  sign(org: string, purpose: SignaturePurpose, payload: object): SignatureMeta {
    const timestamp = this.#clock.now().getTime();
    const [key] = this.#keys(org);
    if (!key) throw new Error('There is no key to sign with');
    return { signature: hmac(key, signedText(org, purpose, timestamp, payload)).toString('hex'), timestamp };
  }

  /** The payload with its `_meta`. */
  signed<Payload extends object>(
    org: string,
    purpose: SignaturePurpose,
    payload: Payload,
  ): Payload & { _meta: SignatureMeta } {
    return { ...payload, _meta: this.sign(org, purpose, payload) };
  }

  /** Whether `meta` was issued for this payload, organisation and purpose, within the last 24 hours. Anything may be passed. */
  isGenuine(org: string, purpose: SignaturePurpose, payload: object, meta: unknown): boolean {
    if (!isSignatureMeta(meta)) return false;
    const age = this.#clock.now().getTime() - meta.timestamp;
    if (age > LONGEST_AGE_MS || age < -LARGEST_CLOCK_DIFFERENCE_MS) return false;
    const given = Buffer.from(meta.signature, 'hex');
    const text = signedText(org, purpose, meta.timestamp, payload);
    return this.#keys(org).some((key) => timingSafeEqual(hmac(key, text), given));
  }

  #keys(org: string): readonly Uint8Array[] {
    return this.#secrets.signingKeys({ org, purpose: 'pricing.meta' });
  }
}

function signedText(org: string, purpose: SignaturePurpose, timestamp: number, payload: object): string {
  const content: Record<string, unknown> = { ...payload };
  delete content['_meta'];
  return `v1.${org}.${purpose}.${timestamp}.${canonicalJson(content)}`;
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function isSignatureMeta(meta: unknown): meta is SignatureMeta {
  return (
    typeof meta === 'object' &&
    meta !== null &&
    'signature' in meta &&
    typeof meta.signature === 'string' &&
    /^[0-9a-f]{64}$/.test(meta.signature) &&
    'timestamp' in meta &&
    Number.isInteger(meta.timestamp)
  );
}
