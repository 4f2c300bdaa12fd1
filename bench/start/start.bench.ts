/**
 * From `npm start` to the first answer, on the embedded database: an empty folder with the demo utility, and a folder that has it; beside a bare
 * PGlite process that opens the same folder and answers one query.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ServerProcess } from '../../e2e/server-process.ts';

const ROUNDS = 3;
const times: Record<string, number[]> = {};

for (let round = 0; round < ROUNDS; round += 1) {
  const first = await ServerProcess.start();
  note('empty folder: ready', first.readyMs);
  note('empty folder: demo loaded', first.startedMs);
  await first.stop();
  note('bare PGlite, same folder', await barePglite(join(first.data, 'database')));
  const second = await first.restart();
  note('second start: ready', second.readyMs);
  await second.remove();
}

const bare = median(times['bare PGlite, same folder'] ?? []);
console.log(`${'what'.padEnd(28)}${'ms'.padStart(8)}  beside bare PGlite`);
for (const [what, measured] of Object.entries(times)) {
  console.log(
    `${what.padEnd(28)}${median(measured).toFixed(0).padStart(8)}  ${(median(measured) / bare).toFixed(1)}x`,
  );
}

function note(what: string, milliseconds: number): void {
  times[what] = [...(times[what] ?? []), milliseconds];
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
}

async function barePglite(folder: string): Promise<number> {
  const code = `import('@electric-sql/pglite').then(async ({ PGlite }) => { const db = await PGlite.create(${JSON.stringify(folder)}); await db.query('select 1'); process.exit(0); })`;
  const begin = performance.now();
  const child = spawn(process.execPath, ['-e', code], { stdio: 'inherit' });
  await once(child, 'close');
  return performance.now() - begin;
}
