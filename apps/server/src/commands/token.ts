import { pino } from 'pino';
import { createBusbar } from '../composition/busbar.ts';
import { readSettings } from '../settings.ts';
import { askServer } from './ask-server.ts';
import type { CommandInput } from './command.ts';

/** `busbar token admin | portal [email]`: print a working token of the demo (or --org) organisation. */
export async function token({ args: [kind, email], org }: CommandInput): Promise<void> {
  if (kind !== 'admin' && kind !== 'portal')
    throw new Error('Say which: busbar token admin | busbar token portal [email]');
  const settings = readSettings(process.env);
  const answer = await askServer(settings, `/control/${kind}-token`, { org, email });
  if (typeof answer === 'object' && answer !== null && 'token' in answer) {
    console.log(answer.token);
    return;
  }
  const busbar = await createBusbar(settings, pino({ level: 'silent' }));
  try {
    console.log(
      await (kind === 'admin' ? busbar.control.adminToken(org) : busbar.control.portalToken(email)),
    );
  } finally {
    await busbar.close();
  }
}
