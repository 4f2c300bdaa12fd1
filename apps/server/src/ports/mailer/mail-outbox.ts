import type { Mail, Mailer } from './mailer.ts';

export interface OutboxMail extends Mail {
  /** ULID; sorts by time of sending. */
  readonly id: string;
  /** When it was sent (UTC). */
  readonly sentAt: Date;
}

/** A mailer for development: it delivers nothing and keeps the mails for reading. */
export interface MailOutbox extends Mailer {
  /** The newest mails first, at most `limit` of them (default 50). */
  list(limit?: number): Promise<OutboxMail[]>;
  /** One mail; undefined when it never was or has been pushed out by newer ones. */
  get(id: string): Promise<OutboxMail | undefined>;
}
