import type { Command } from './command.ts';

/** Every command of `busbar`, in the order of its help. What a command needs is loaded when it runs: most of them need little of the server. */
export const commands: readonly Command[] = [
  {
    name: 'start',
    usage: 'start',
    summary: 'run the server (settings: docs/operations.md)',
    load: async () => (await import('./start.ts')).start,
  },
  {
    name: 'token',
    usage: 'token admin | portal [email]',
    summary: 'print a working token of the demo (or --org) organisation',
    load: async () => (await import('./token.ts')).token,
  },
  {
    name: 'staff',
    usage: 'staff add | password | remove <email>',
    summary: 'who may sign in at /idp/staff: add somebody [role], give a new password, remove',
    load: async () => (await import('./staff.ts')).staff,
  },
  {
    name: 'coverage',
    usage: 'coverage [--json]',
    summary: 'which operations of the contracts are implemented',
    load: async () => (await import('./coverage.ts')).printCoverage,
  },
  {
    name: 'mails',
    usage: 'mails [--json]',
    summary: 'mails in the local outbox, newest first',
    load: async () => (await import('./mails.ts')).mails,
  },
  {
    name: 'demo-erp',
    usage: 'demo-erp',
    summary: "play the demo utility's ERP: print the webhooks it gets, serve its archive",
    load: async () => (await import('./demo-erp.ts')).demoErp,
  },
  {
    name: 'migrate',
    usage: 'migrate',
    summary: 'bring the database to this version (the start does it too)',
    load: async () => (await import('./migrate.ts')).migrate,
  },
  {
    name: 'copy-to',
    usage: 'copy-to <postgres-url>',
    summary: 'copy the embedded database into an empty PostgreSQL (server stopped)',
    load: async () => (await import('./copy-to.ts')).copyTo,
  },
];
