import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DataFolderInUse, lockDataFolder } from './data-folder-lock.ts';

describe('lockDataFolder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'busbar-lock-'));
  });

  it('lets one holder in and the next one after it has left', async () => {
    const unlock = await lockDataFolder(folder);
    await expect(lockDataFolder(folder)).rejects.toBeInstanceOf(DataFolderInUse);
    await unlock();
    await (await lockDataFolder(folder))();
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes over from a killed process, also when its number belongs to somebody else now', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    await writeFile(join(folder, 'lock'), JSON.stringify({ pid: gone.pid, started: '1' }));
    await (await lockDataFolder(folder))();
    await writeFile(join(folder, 'lock'), JSON.stringify({ pid: process.ppid, started: '1' }));
    await (await lockDataFolder(folder))();
  });

  it('takes over from a lock that says nothing', async () => {
    await writeFile(join(folder, 'lock'), '');
    await (await lockDataFolder(folder))();
  });
});
