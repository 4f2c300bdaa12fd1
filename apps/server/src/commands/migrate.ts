import { readSettings } from '../settings.ts';
import { openStorage } from '../storage/index.ts';
import type { Command } from './command.ts';

export const migrateCommand: Command = {
  name: 'migrate',
  usage: 'migrate',
  summary: 'bring the database to this version (the start does it too)',
  async run() {
    const settings = readSettings(process.env);
    const storage = await openStorage({
      databaseUrl: settings.databaseUrl,
      data: settings.data,
      connections: 2,
    });
    await storage.close();
    console.log(storage.migrated.length > 0 ? `applied ${storage.migrated.join(', ')}` : 'nothing to do');
  },
};
