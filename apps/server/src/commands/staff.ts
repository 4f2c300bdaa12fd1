import { pino } from 'pino';
import { createBusbar } from '../composition/busbar.ts';
import type { StaffOrder } from '../control/index.ts';
import { readSettings } from '../settings.ts';
import { askServer } from './ask-server.ts';
import type { CommandInput } from './command.ts';

/** `busbar staff add <email> [role] | password <email> | remove <email>`: who may sign in at `/idp/staff` (docs/sign-in.md). */
export async function staff({ args: [action, email, role], org }: CommandInput): Promise<void> {
  if ((action !== 'add' && action !== 'password' && action !== 'remove') || !email)
    throw new Error(
      'Say what: busbar staff add <email> [role] [--org ...] | password <email> | remove <email>',
    );
  const order: StaffOrder = { action, email, org, role };
  const settings = readSettings(process.env);
  const answer = await askServer(settings, '/control/staff', order);
  if (typeof answer === 'object' && answer !== null && 'said' in answer) {
    console.log(answer.said);
    return;
  }
  const busbar = await createBusbar(settings, pino({ level: 'silent' }));
  try {
    console.log(await busbar.control.staff(order));
  } finally {
    await busbar.close();
  }
}
