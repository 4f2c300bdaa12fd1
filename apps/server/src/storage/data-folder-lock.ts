import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Another process already works in the data folder. */
export class DataFolderInUse extends Error {
  readonly pid: number;
  constructor(folder: string, pid: number) {
    super(
      `The data folder ${folder} is in use by process ${pid}. The embedded database belongs to one process at a time: stop that one, ` +
        'choose another folder with BUSBAR_DATA, or set DATABASE_URL to share a PostgreSQL.',
    );
    this.name = 'DataFolderInUse';
    this.pid = pid;
  }
}

/**
 * Takes the data folder for this process; PGlite would let two processes write and corrupt it. The lock file names its owner; one
 * left behind by a killed process is recognised (the process is gone, or is another one with the same number) and replaced. Answers a function that gives it back.
 */
export async function lockDataFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'lock');
  const claim = join(folder, `lock.${process.pid}.${randomUUID()}`);
  await writeFile(claim, JSON.stringify({ pid: process.pid, started: await processStart(process.pid) }), {
    mode: 0o600,
  });
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      // A hard link appears with its content or not at all, so nobody ever reads a half-written lock.
      if (await link(claim, path).then(() => true, alreadyThere)) return () => rm(path, { force: true });
      const holder = await readHolder(path);
      if (holder && (await isAlive(holder))) throw new DataFolderInUse(folder, holder.pid);
      await rm(path, { force: true });
    }
  } finally {
    await rm(claim, { force: true });
  }
  throw new Error(`The lock of the data folder ${folder} could not be taken`);
}

function alreadyThere(error: unknown): false {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
  throw error;
}

interface Holder {
  readonly pid: number;
  readonly started: string;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const match = /^\{"pid":(\d+),"started":"([^"]*)"\}$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { pid: Number(match[1]), started: match[2] };
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.pid === process.pid) return holder.started === (await processStart(process.pid));
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  return holder.started === (await processStart(holder.pid));
}

/** When a process began, as far as the system tells (Linux), so that a reused process number is not taken for the old owner. */
async function processStart(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
