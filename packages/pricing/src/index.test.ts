import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('./', import.meta.url);
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('testing'),
);

describe('the package', () => {
  it('imports nothing but itself, so that it runs in browsers', () => {
    const foreign = sources.flatMap((name) => {
      const imports = readFileSync(new URL(name, folder), 'utf8').matchAll(/from '([^']+)'/g);
      return Array.from(imports, (match) => match[1] ?? '').filter((path) => !path.startsWith('.'));
    });
    expect(sources.length).toBeGreaterThan(50);
    expect(foreign).toStrictEqual([]);
  });
});
