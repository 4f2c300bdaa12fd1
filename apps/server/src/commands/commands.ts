import type { Command } from './command.ts';
import { copyToCommand } from './copy-to.ts';
import { coverageCommand } from './coverage.ts';
import { demoErpCommand } from './demo-erp.ts';
import { mailsCommand } from './mails.ts';
import { migrateCommand } from './migrate.ts';
import { startCommand } from './start.ts';
import { tokenCommand } from './token.ts';

/** Every command of `busbar`, in the order of its help. */
export const commands: readonly Command[] = [
  startCommand,
  tokenCommand,
  coverageCommand,
  mailsCommand,
  demoErpCommand,
  migrateCommand,
  copyToCommand,
];
