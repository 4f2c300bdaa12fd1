import { monotonicFactory } from 'ulid';
import { type Clock, systemClock } from '../clock.ts';
import { checkMail } from './check-mail.ts';
import type { MailOutbox, OutboxMail } from './mail-outbox.ts';

export interface MemoryOutboxOptions {
  /** Mails kept; the oldest go first. Default 500. */
  readonly capacity?: number;
  readonly clock?: Clock;
}

/** An outbox that forgets everything with the process. */
export function createMemoryOutbox({
  capacity = 500,
  clock = systemClock,
}: MemoryOutboxOptions = {}): MailOutbox {
  const nextId = monotonicFactory();
  /** Oldest first. */
  const mails: OutboxMail[] = [];
  return {
    async send(mail) {
      checkMail(mail);
      const sentAt = clock.now();
      const id = nextId(sentAt.getTime());
      mails.push({ ...structuredClone(mail), id, sentAt });
      if (mails.length > capacity) mails.shift();
      return { id };
    },
    list: async (limit = 50) => mails.slice(-limit).reverse(),
    get: async (id) => mails.find((mail) => mail.id === id),
    close: async () => {},
  };
}
