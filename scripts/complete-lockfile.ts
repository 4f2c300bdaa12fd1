import { readFileSync, writeFileSync } from 'node:fs';

/**
 * `npm ci` refuses a lockfile that lacks an optional dependency, also one that the registry at hand does not carry or that no machine of ours
 * needs. This writes the missing ones in, marked so that npm skips them: for another operating system, as their names say, or for none. Run it
 * after every `npm install`.
 */
interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const FILE = 'package-lock.json';
const lock: { packages: Record<string, LockedPackage | object> } = JSON.parse(readFileSync(FILE, 'utf8'));
const SYSTEMS = ['android', 'darwin', 'freebsd', 'win32', 'openharmony', 'linux'];
let added = 0;

for (const [place, locked] of Object.entries(lock.packages)) {
  const wanted = 'optionalDependencies' in locked ? locked.optionalDependencies : undefined;
  for (const [name, range] of Object.entries(wanted ?? {})) {
    const isLocked = Object.keys(lock.packages).some((path) => path.endsWith(`node_modules/${name}`));
    if (isLocked || place === '') continue;
    const system = SYSTEMS.find((one) => name.includes(one));
    // Linux builds for processors and C libraries that are missing: nobody here runs them, so they are for no system at all.
    const os = system === undefined || system === 'linux' ? ['none'] : [system];
    lock.packages[`node_modules/${name}`] = { version: range.replace(/^[^\d]*/, ''), os, optional: true };
    added += 1;
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
console.log(`${added} entries added`);
