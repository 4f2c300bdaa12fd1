import { generateSecret, generateURI, verifySync } from 'otplib';

/** RFC 6238 as authenticator apps have it: SHA-1, six digits, steps of 30 seconds; one step of difference between the clocks is forgiven. */
const STEP_SECONDS = 30;

/** A new secret: 160 bits in Base32. */
export function newTotpSecret(): string {
  return generateSecret({ length: 20 });
}

/** The address that an app reads from a QR code. */
export function totpUri(secret: string, issuer: string, email: string): string {
  return generateURI({ strategy: 'totp', issuer, label: email, secret });
}

/** The time step whose code this is; undefined when it fits none, or only one at or before `lastStep`: a code counts once. */
export function totpStep(secret: string, code: string, lastStep: number, now: Date): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const epoch = Math.floor(now.getTime() / 1000);
  const result = verifySync({ strategy: 'totp', secret, token: code, epoch, epochTolerance: STEP_SECONDS });
  if (!result.valid) return undefined;
  const step = Math.floor(epoch / STEP_SECONDS) + result.delta;
  return step > lastStep ? step : undefined;
}
