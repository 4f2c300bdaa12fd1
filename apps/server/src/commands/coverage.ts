import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { createBusbar } from '../composition/busbar.ts';
import { coverage, coverageTable } from '../contract/coverage.ts';
import { readSettings } from '../settings.ts';
import type { CommandInput } from './command.ts';

/** `busbar coverage [--json]`: which operations of the contracts are implemented. */
export async function printCoverage({ json }: CommandInput): Promise<void> {
  // The handlers are known once the server is composed; a database in memory is enough for that.
  const settings = readSettings({ BUSBAR_DATA: 'memory://', BUSBAR_LOG_LEVEL: 'silent' });
  const busbar = await createBusbar(settings, pino({ level: 'silent' }));
  const rows = coverage(busbar.operations, busbar.handlers, await missionOperations());
  await busbar.close();
  console.log(json ? JSON.stringify(rows, null, 2) : coverageTable(rows));
}

/** The 182 documented calls, as `<api> <operationId>`. */
async function missionOperations(): Promise<ReadonlySet<string>> {
  const files = ['portal', 'pricing', 'erp-integration'];
  const lists = await Promise.all(
    files.map(
      async (file): Promise<{ api: string; operationId: string }[]> =>
        JSON.parse(await readFile(new URL(`../contract/samples/${file}.json`, import.meta.url), 'utf8')),
    ),
  );
  return new Set(lists.flat().map(({ api, operationId }) => `${api} ${operationId}`));
}
