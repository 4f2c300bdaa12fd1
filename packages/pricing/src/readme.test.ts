import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as engine from './index.ts';

const folder = fileURLToPath(new URL('../', import.meta.url));
const readme = readFileSync(`${folder}README.md`, 'utf8');
const examples = Array.from(readme.matchAll(/```ts\n(.*?)```/gs), (match) => match[1] ?? '');

describe('README', () => {
  it.each(examples.map((code, index) => [index + 1, code] as const))('example %i runs', (_, code) => {
    const run = () =>
      execFileSync(process.execPath, ['--input-type=module-typescript', '-e', code], { cwd: folder });
    expect(run).not.toThrow();
  });

  it('has the examples it promises', () => {
    expect(examples.filter((code) => code.includes('assert.'))).toHaveLength(5);
  });

  it('names every public function and constant', () => {
    const missing = Object.keys(engine).filter((name) => !readme.includes(name));
    expect(missing).toStrictEqual([]);
  });
});
