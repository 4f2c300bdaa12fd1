import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';

/**
 * SRP-6a (RFC 5054) as Amazon Cognito's clients speak it: SHA-256, the 3072-bit group of RFC 3526, the generator 2, numbers hashed as hex of even
 * length with a zero byte before a set top bit, and a 16-byte key by HKDF. Numbers are big integers throughout.
 */

/** The 3072-bit prime of RFC 3526 §4. */
const N_HEX =
  'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437' +
  '4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05' +
  '98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b' +
  'e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33' +
  'a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864' +
  'd87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff';
const N = BigInt(`0x${N_HEX}`);
const G = 2n;
const K = hashOfHex(padHex(N) + padHex(G));
const DERIVED_KEY_INFO = Buffer.from('Caldera Derived Key\u0001', 'utf8');

/** What the server keeps instead of a password. Hex. */
export interface SrpVerifier {
  /** The user's name inside the protocol: stable, and unrelated to the address. */
  readonly userId: string;
  readonly salt: string;
  readonly verifier: string;
}

/** Makes the verifier of a password for a pool, under a new name and salt. */
export function makeVerifier(poolName: string, password: string): SrpVerifier {
  const userId = randomUUID();
  const salt = BigInt(`0x${randomBytes(16).toString('hex')}`);
  const identity = createHash('sha256').update(`${poolName}${userId}:${password}`).digest('hex');
  const x = hashOfHex(padHex(salt) + identity);
  return { userId, salt: salt.toString(16), verifier: power(G, x).toString(16) };
}

/** A verifier that nobody knows the password of, always the same for a key: for addresses without an account. */
export function decoyVerifier(key: Uint8Array, subject: string): SrpVerifier {
  const part = (name: string) => createHmac('sha256', key).update(`${name}\n${subject}`).digest('hex');
  const id = part('user');
  const userId = `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-a${id.slice(17, 20)}-${id.slice(20, 32)}`;
  const salt = BigInt(`0x${part('salt').slice(0, 32)}`).toString(16);
  return { userId, salt, verifier: power(G, BigInt(`0x${part('verifier')}`)).toString(16) };
}

/** The server's half of an exchange: `secret` stays here, `shown` goes to the client. Hex. */
export function serverHalf(verifier: string): { readonly secret: string; readonly shown: string } {
  const secret = BigInt(`0x${randomBytes(32).toString('hex')}`);
  const shown = (K * BigInt(`0x${verifier}`) + power(G, secret)) % N;
  return { secret: secret.toString(16), shown: shown.toString(16) };
}

/** Whether a client's public value (hex) can be used: a multiple of N would make the key known to everybody. */
export function isUsablePublicValue(hex: string): boolean {
  return /^[0-9a-f]{1,770}$/i.test(hex) && BigInt(`0x${hex}`) % N !== 0n;
}

/** The signature a client shows when it knows the password (base64), over the pool, the user, the secret block and the time it names. */
export function expectedSignature(exchange: {
  readonly poolName: string;
  readonly verifier: SrpVerifier;
  /** The client's and the server's public values and the server's secret. Hex. */
  readonly clientShown: string;
  readonly serverShown: string;
  readonly serverSecret: string;
  readonly secretBlock: Buffer;
  readonly timestamp: string;
}): string {
  const a = BigInt(`0x${exchange.clientShown}`);
  const b = BigInt(`0x${exchange.serverShown}`);
  const u = hashOfHex(padHex(a) + padHex(b));
  const base = (a * power(BigInt(`0x${exchange.verifier.verifier}`), u)) % N;
  const shared = power(base, BigInt(`0x${exchange.serverSecret}`));
  const extracted = createHmac('sha256', Buffer.from(padHex(u), 'hex'))
    .update(Buffer.from(padHex(shared), 'hex'))
    .digest();
  const key = createHmac('sha256', extracted).update(DERIVED_KEY_INFO).digest().subarray(0, 16);
  return createHmac('sha256', key)
    .update(exchange.poolName)
    .update(exchange.verifier.userId)
    .update(exchange.secretBlock)
    .update(exchange.timestamp)
    .digest('base64');
}

/** `base ** exponent mod N`, by squaring. Exponents have 256 bits at most here, which takes some milliseconds. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % N;
    if (bit === '1') result = (result * base) % N;
  }
  return result;
}

function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

function hashOfHex(hex: string): bigint {
  return BigInt(`0x${createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex')}`);
}

function padHex(value: bigint): string {
  const hex = bytesOf(value).toString('hex');
  return /^[89a-f]/.test(hex) ? `00${hex}` : hex;
}
