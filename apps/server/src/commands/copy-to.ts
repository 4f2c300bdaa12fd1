import { readSettings, SettingsError } from '../settings.ts';
import { copyEmbeddedTo } from '../storage/index.ts';
import type { CommandInput } from './command.ts';

/** `busbar copy-to <postgres-url>`: copy the embedded database into an empty PostgreSQL (server stopped). */
export async function copyTo({ args: [url] }: CommandInput): Promise<void> {
  if (!url) throw new Error('Say where to: busbar copy-to postgres://user:password@host/database');
  const settings = readSettings({ ...process.env, DATABASE_URL: '' });
  if (settings.data === 'memory://')
    throw new SettingsError(['BUSBAR_DATA: expected the folder of the embedded database']);
  const copied = await copyEmbeddedTo(settings.data, url);
  for (const { table, rows } of copied) if (rows > 0) console.log(`${table}: ${rows}`);
  console.log(
    'Done. Start with DATABASE_URL from now on, and keep BUSBAR_SECRET_KEY (or the data folder with its key) and the files.',
  );
}
