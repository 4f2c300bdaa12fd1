import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dropDatabase, type FreshDatabase, freshDatabase } from './fresh-database.ts';
import { ServerProcess } from './server-process.ts';
import { until } from './until.ts';

/** Data folder and database of the demo utility, loaded and at rest, for one test and the processes it starts on it. */
export interface DemoDatabase extends FreshDatabase {
  /** Goes away with the server that is started on it. */
  readonly data: string;
}

/** What is copied: a data folder and, on a PostgreSQL, the name of a database. */
interface Template {
  readonly data: string;
  readonly name?: string | undefined;
}

/** All processes on copies of one database must know the key that its secrets are sealed with. */
const SECRET_KEY = { BUSBAR_SECRET_KEY: 'the key of all demo utilities of the tests' };
const SLOWEST_LOAD_MS = 120_000;

/**
 * A copy of the demo utility. Loading it takes most of a server's first start, so it is loaded once in a run of the tests, by whoever needs it
 * first, and copied by everybody.
 */
export async function demoDatabase(given = process.env['BUSBAR_TEST_DATABASE_URL']): Promise<DemoDatabase> {
  const template = await loadedOnce(given);
  const [database, data] = await Promise.all([
    freshDatabase(given, template.name),
    mkdtemp(join(tmpdir(), 'busbar-e2e-')),
  ]);
  await cp(template.data, data, { recursive: true });
  return { ...database, data, environment: { ...database.environment, ...SECRET_KEY } };
}

/** Removes what was loaded on the given PostgreSQL, or on the embedded database. */
export async function removeTemplate(given: string | undefined): Promise<void> {
  const description = descriptionIn(folderOf(given));
  if (given && existsSync(description)) {
    const { name }: Template = JSON.parse(await readFile(description, 'utf8'));
    if (name) await dropDatabase(given, name);
  }
  await rm(folderOf(given), { recursive: true, force: true });
}

/** The workers of a run share a folder; whoever makes it loads the utility, the others wait. */
async function loadedOnce(given: string | undefined): Promise<Template> {
  const folder = folderOf(given);
  const description = descriptionIn(folder);
  const isFirst = await mkdir(folder).then(
    () => true,
    () => false,
  );
  if (isFirst) {
    const template = JSON.stringify(await load(folder, given));
    // Renamed, so that nobody reads half of it.
    await writeFile(`${description}.new`, template);
    await rename(`${description}.new`, description);
  }
  const isLoaded = async () => existsSync(description) || undefined;
  await until('the demo utility is loaded', isLoaded, SLOWEST_LOAD_MS);
  return JSON.parse(await readFile(description, 'utf8'));
}

async function load(folder: string, given: string | undefined): Promise<Template> {
  const database = await freshDatabase(given);
  const data = join(folder, 'data');
  await mkdir(data);
  const server = await ServerProcess.start({ data, environment: { ...database.environment, ...SECRET_KEY } });
  await server.stop();
  return { data, name: database.name };
}

/** The run's folder; its name comes from the configuration of vitest. */
function folderOf(given: string | undefined): string {
  return join(tmpdir(), `busbar-demo-${given ? 'postgres' : 'embedded'}-${process.env['BUSBAR_TEST_RUN']}`);
}

function descriptionIn(folder: string): string {
  return join(folder, 'template.json');
}
