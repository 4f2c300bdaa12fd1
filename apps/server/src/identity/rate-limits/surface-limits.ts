import type { RateLimit } from './rate-window.ts';

const MINUTE = 60;
const HOUR = 3_600;

/** The limits of portal §1.7; subjects are named in the comments. An IP stands for its client (`clientNetwork`). */
export const SURFACE_LIMITS = {
  /** Portal and IP; successful sign-ins do not count. */
  passwordPerIp: { surface: 'password.ip', limit: 50, seconds: 15 * MINUTE },
  /** Portal, address and client. */
  challengePerClient: { surface: 'challenge.client', limit: 5, seconds: HOUR },
  /** Portal and address: all clients that its owner has not used before. */
  challengePerAccount: { surface: 'challenge.account', limit: 15, seconds: HOUR },
  /** Portal and IP. */
  challengePerIp: { surface: 'challenge.ip', limit: 20, seconds: HOUR },
  /** Portal and IP: codes and link tokens shown, right or wrong. */
  proofPerIp: { surface: 'proof.ip', limit: 100, seconds: HOUR },
  /** Portal, address and client: reset, confirmation and e-mail change mails together. */
  mailPerClient: { surface: 'mail.client', limit: 5, seconds: HOUR },
  /** Portal and address: all clients that its owner has not used before. */
  mailPerAccount: { surface: 'mail.account', limit: 15, seconds: HOUR },
  /** Portal and IP. */
  mailPerIp: { surface: 'mail.ip', limit: 20, seconds: HOUR },
  /** Portal and IP: the operations that tell whether somebody exists. */
  lookupPerMinute: { surface: 'lookup.minute', limit: 30, seconds: MINUTE },
  lookupPerHour: { surface: 'lookup.hour', limit: 300, seconds: HOUR },
  /** Portal and IP. */
  registrationPerIp: { surface: 'registration.ip', limit: 10, seconds: HOUR },
  /** Portal user. */
  selfAssignment: { surface: 'self-assignment', limit: 10, seconds: HOUR },
  /** Portal user. */
  hookReads: { surface: 'hook-reads', limit: 60, seconds: MINUTE },
} as const satisfies Readonly<Record<string, RateLimit>>;
