import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { commands } from './commands/commands.ts';
import { SettingsError } from './settings.ts';

const MINIMUM_NODE = 24;
/** What Node makes of our files is kept beside the packages; where that cannot be written, nothing is. */
const COMPILED = fileURLToPath(new URL('../../../node_modules/.cache/busbar', import.meta.url));

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
    const width = Math.max(...commands.map(({ usage }) => usage.length)) + 2;
    console.log(
      ['busbar <command>', '', ...commands.map((one) => `  ${one.usage.padEnd(width)}${one.summary}`)].join(
        '\n',
      ),
    );
    if (name !== 'help' && !values.help) process.exitCode = 1;
    return;
  }
  const run = await command.load();
  await run({ args: rest, json: values.json ?? false, org: values.org });
}

enableCompileCache(COMPILED);
main().catch(async (error: unknown) => {
  const { DataFolderInUse } = await import('./storage/index.ts');
  const isExpected = error instanceof SettingsError || error instanceof DataFolderInUse;
  console.error(isExpected ? error.message : error);
  process.exitCode = 1;
});
