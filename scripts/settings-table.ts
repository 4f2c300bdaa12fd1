import { readFileSync, writeFileSync } from 'node:fs';
import { SETTINGS } from '../apps/server/src/settings.ts';

/**
 * Writes the table of settings in docs/operations.md from the one file that defines them; with `--check` only says whether it is up to date.
 */
const FILE = 'docs/operations.md';
const START = '<!-- settings: written by scripts/settings-table.ts -->';
const END = '<!-- end of settings -->';

const rows = Object.values(SETTINGS).map(
  ({ variable, fallback, description }) =>
    `| \`${variable}\` | ${fallback === '' ? '–' : `\`${fallback}\``} | ${description} |`,
);
const table = ['| Variable | Default | Meaning |', '|---|---|---|', ...rows].join('\n');

const before = readFileSync(FILE, 'utf8');
const start = before.indexOf(START);
const end = before.indexOf(END);
if (start < 0 || end < start) throw new Error(`${FILE} has lost the markers of the settings table`);
const after = `${before.slice(0, start + START.length)}\n\n${table}\n\n${before.slice(end)}`;

if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error(`${FILE} is out of date: run \`node scripts/settings-table.ts\``);
    process.exitCode = 1;
  }
} else {
  writeFileSync(FILE, after);
}
