import { readFileSync, writeFileSync } from 'node:fs';
import { CATALOG } from '../apps/server/src/events/index.ts';
import { SETTINGS } from '../apps/server/src/settings.ts';

/**
 * Writes the parts of docs/ that the code knows better: the settings and the event catalog. With `--check` only says whether they are up to date.
 */
const isCheck = process.argv.includes('--check');

const settings = [
  '| Variable | Default | Meaning |',
  '|---|---|---|',
  ...Object.values(SETTINGS).map(
    ({ variable, fallback, description }) =>
      `| \`${variable}\` | ${fallback === '' ? '–' : `\`${fallback}\``} | ${description} |`,
  ),
];

const events = [
  '| Event | When it fires | Raised by | Payload |',
  '|---|---|---|---|',
  ...CATALOG.map(({ name, description, trigger, graph, fields, calledFor }) => {
    const cause = trigger
      ? `${trigger.operations.join(', ')} of ${trigger.schemas.join(', ')}${trigger.attributes ? `: ${trigger.attributes.join(', ')}` : ''}`
      : calledFor
        ? '`triggerEvent`: apps, journeys, scripts'
        : 'the act itself';
    const members = [...(graph?.nodes.map(({ id }) => id) ?? []), ...Object.keys(fields)];
    return `| \`${name}\` | ${description} | ${cause} | ${members.map((member) => `\`${member}\``).join(', ')} |`;
  }),
];

replace('docs/operations.md', 'settings', settings);
replace('docs/events.md', 'events', events);

function replace(file: string, part: string, lines: readonly string[]): void {
  const before = readFileSync(file, 'utf8');
  const [start, end] = [`<!-- ${part}: written by scripts/generated-docs.ts -->`, `<!-- end of ${part} -->`];
  const from = before.indexOf(start);
  const to = before.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has lost the markers of its ${part}`);
  const after = `${before.slice(0, from + start.length)}\n\n${lines.join('\n')}\n\n${before.slice(to)}`;
  if (!isCheck) writeFileSync(file, after);
  else if (after !== before) {
    console.error(`${file} is out of date: run \`node scripts/generated-docs.ts\``);
    process.exitCode = 1;
  }
}
