import { pino } from 'pino';
import { openPorts } from '../composition/open-ports.ts';
import { readSettings } from '../settings.ts';
import type { CommandInput } from './command.ts';

/** `busbar mails [--json]`: mails in the local outbox, newest first. */
export async function mails({ json }: CommandInput): Promise<void> {
  const settings = readSettings(process.env);
  const { outbox } = await openPorts(settings, pino({ level: 'silent' }));
  if (!outbox) throw new Error('Mails go to an SMTP server (BUSBAR_SMTP_URL); there is no outbox');
  const mails = await outbox.list(50);
  if (json) console.log(JSON.stringify(mails, null, 2));
  else
    for (const mail of mails)
      console.log(
        `${mail.sentAt.toISOString()}  ${mail.to.map(({ address }) => address).join(', ')}  ${mail.subject}\n${mail.text}\n`,
      );
}
