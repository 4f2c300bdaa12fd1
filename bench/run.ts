import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';

/** Runs every benchmark one after another, each in a process of its own; a word behind it picks those whose path contains it. */
const wanted = process.argv[2] ?? '';
for (const file of globSync('bench/**/*.bench.ts').sort()) {
  if (!file.includes(wanted)) continue;
  console.log(`\n# ${file}\n`);
  const child = spawn(process.execPath, [file], { stdio: 'inherit' });
  await once(child, 'close');
}
