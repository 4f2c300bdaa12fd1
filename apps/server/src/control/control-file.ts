import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How commands reach the running server: its address and a key that is new at every start. */
export interface ControlFile {
  readonly url: string;
  readonly key: string;
}

const NAME = 'control.json';

/** A key for this start; whoever can read the data folder can use it. */
export function newControlKey(): string {
  return randomBytes(32).toString('base64url');
}

/** Tells commands where the server is. The file is readable by the server's user only. */
export async function writeControlFile(dataFolder: string, control: ControlFile): Promise<void> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const temporary = join(dataFolder, `${NAME}.${process.pid}`);
  await writeFile(temporary, JSON.stringify(control), { mode: 0o600 });
  await rename(temporary, join(dataFolder, NAME));
}

/** Reads it, or undefined where no server has left one. */
export async function readControlFile(dataFolder: string): Promise<ControlFile | undefined> {
  const text = await readFile(join(dataFolder, NAME), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || !('url' in parsed) || !('key' in parsed))
    return undefined;
  return { url: String(parsed.url), key: String(parsed.key) };
}

/** Removes it when the server stops. */
export async function removeControlFile(dataFolder: string): Promise<void> {
  await rm(join(dataFolder, NAME), { force: true });
}
