import { mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monotonicFactory } from 'ulid';
import { type Clock, systemClock } from '../clock.ts';
import { checkMail } from './check-mail.ts';
import type { MailOutbox, OutboxMail } from './mail-outbox.ts';
import { readOutboxFile, writeOutboxFile } from './outbox-file.ts';

export interface FileOutboxOptions {
  /** Folder for the mails; created when missing. */
  readonly folder: string;
  /** Mails kept; the oldest go first. Default 500. */
  readonly capacity?: number;
  readonly clock?: Clock;
}

const FILE = /^([0-9A-HJKMNP-TV-Z]{26})\.json$/;

/** An outbox in a folder: one JSON file per mail, named by its id. */
export function createFileOutbox({
  folder,
  capacity = 500,
  clock = systemClock,
}: FileOutboxOptions): MailOutbox {
  const nextId = monotonicFactory();
  return {
    async send(mail) {
      checkMail(mail);
      const sentAt = clock.now();
      const id = nextId(sentAt.getTime());
      await mkdir(folder, { recursive: true });
      const draft = join(folder, `${id}.draft`);
      await writeFile(draft, writeOutboxFile({ ...mail, id, sentAt }), { flag: 'wx', mode: 0o600 });
      await rename(draft, fileOf(folder, id));
      for (const old of (await newestIds(folder)).slice(capacity)) await removeIfThere(fileOf(folder, old));
      return { id };
    },
    async list(limit = 50) {
      const ids = (await newestIds(folder)).slice(0, limit);
      const mails = await Promise.all(ids.map((id) => readIfThere(fileOf(folder, id))));
      return mails.filter((mail) => mail !== undefined);
    },
    async get(id) {
      return FILE.test(`${id}.json`) ? readIfThere(fileOf(folder, id)) : undefined;
    },
    close: async () => {},
  };
}

function fileOf(folder: string, id: string): string {
  return join(folder, `${id}.json`);
}

async function newestIds(folder: string): Promise<string[]> {
  const names = (await unlessMissing(readdir(folder))) ?? [];
  return names
    .flatMap((name) => FILE.exec(name)?.[1] ?? [])
    .sort()
    .reverse();
}

async function readIfThere(path: string): Promise<OutboxMail | undefined> {
  const text = await unlessMissing(readFile(path, 'utf8'));
  return text === undefined ? undefined : readOutboxFile(text);
}

async function removeIfThere(path: string): Promise<void> {
  await unlessMissing(unlink(path));
}

async function unlessMissing<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
