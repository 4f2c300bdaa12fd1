import { parseArgs } from 'node:util';
import { commands } from './commands/commands.ts';
import { SettingsError } from './settings.ts';
import { DataFolderInUse } from './storage/index.ts';

const MINIMUM_NODE = 24;

/** `busbar <command>`: finds the command and reports what went wrong in one line, with an exit code of 1. */
async function main(): Promise<void> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < MINIMUM_NODE)
    throw new Error(
      `Busbar needs Node ${MINIMUM_NODE}; this is ${process.versions.node}. Use the npm scripts, which bring it along.`,
    );
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, org: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  const [name = 'help', ...rest] = positionals;
  const command = values.help ? undefined : commands.find((one) => one.name === name);
  if (!command) {
    console.log(
      ['busbar <command>', '', ...commands.map((one) => `  ${one.usage.padEnd(28)}${one.summary}`)].join(
        '\n',
      ),
    );
    if (name !== 'help' && !values.help) process.exitCode = 1;
    return;
  }
  await command.run({ args: rest, json: values.json ?? false, org: values.org });
}

main().catch((error: unknown) => {
  const isExpected = error instanceof SettingsError || error instanceof DataFolderInUse;
  console.error(isExpected ? error.message : error);
  process.exitCode = 1;
});
