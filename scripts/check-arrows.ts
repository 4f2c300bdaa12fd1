import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/**
 * Which rooms of the server may import which. A room may always import itself; between rooms only the target's `index.ts` may be imported.
 * docs/architecture.md shows the same as a picture.
 */
const FOUNDATION = ['ports', 'storage', 'templates', 'refusal.ts'];
const CONTRACT = ['contract', 'http'];
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  ports: [],
  templates: [],
  'third-party': ['contract', 'http', 'ports', 'storage', 'templates', 'refusal.ts', 'environments'],
  storage: [],
  'refusal.ts': [],
  'settings.ts': [],
  contract: ['refusal.ts', 'http'],
  http: ['refusal.ts', 'contract', 'storage', 'identity'],
  jobs: FOUNDATION,
  openid: ['ports', 'refusal.ts'],
  tracing: ['ports', 'jobs'],
  environments: [...FOUNDATION, ...CONTRACT, 'identity'],
  'template-variables': [...FOUNDATION, ...CONTRACT, 'identity'],
  identity: [...FOUNDATION, ...CONTRACT, 'jobs', 'openid'],
  entities: [...FOUNDATION, ...CONTRACT, 'jobs', 'identity'],
  events: [...FOUNDATION, ...CONTRACT, 'jobs', 'identity', 'entities', 'environments'],
  workflows: [...FOUNDATION, ...CONTRACT, 'jobs', 'identity', 'entities'],
  files: [...FOUNDATION, ...CONTRACT, 'jobs', 'identity', 'entities', 'events', 'environments'],
  metering: [...FOUNDATION, ...CONTRACT, 'jobs', 'identity', 'entities', 'events'],
  pricing: [
    ...FOUNDATION,
    ...CONTRACT,
    'third-party',
    'jobs',
    'identity',
    'entities',
    'events',
    'files',
    'environments',
  ],
  integration: [
    ...FOUNDATION,
    ...CONTRACT,
    'jobs',
    'identity',
    'entities',
    'events',
    'files',
    'metering',
    'environments',
  ],
  portal: [
    ...FOUNDATION,
    ...CONTRACT,
    'openid',
    'third-party',
    'jobs',
    'identity',
    'entities',
    'events',
    'files',
    'metering',
    'pricing',
    'environments',
    'workflows',
    'template-variables',
  ],
};
/** Files whose types every room may use: they are the contract between http and the domains. */
const SHARED_FILES = new Set([
  'http/call.ts',
  'http/denied-writes.ts',
  'http/access-log.ts',
  'http/json-body.ts',
  'http/operation-route.ts',
  'contract/json-object.ts',
  'http/json-body.ts',
  'contract/operation-types.ts',
  'contract/json-object.ts',
  'http/json-body.ts',
  'contract/openapi-document.ts',
  'contract/request-instant.ts',
  'identity/principal.ts',
]);

/** Rooms that wire, start or try out the others; nobody imports them but the files at the top. */
const OUTER_RING = new Set(['composition', 'commands', 'control', 'demo', 'testing']);

const ROOT = 'apps/server/src';
const problems: string[] = [];
const graph = new Map<string, string[]>();

for (const file of globSync(['apps/**/*.ts', 'packages/**/*.ts'], {
  exclude: (name) => name === 'node_modules',
})) {
  graph.set(file, readImports(file));
}
for (const [file, imports] of graph) {
  if (file.endsWith('.test.ts')) continue;
  for (const target of imports) checkArrow(file, target);
}
for (const circle of circles(graph)) problems.push(`circle: ${circle.join(' -> ')}`);

for (const problem of problems) console.error(problem);
console.log(`${graph.size} files, ${problems.length} broken arrows`);
process.exitCode = problems.length > 0 ? 1 : 0;

function readImports(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const pattern =
    /^\s*(?:import|export)\s(?!type\b)(?:[^'";]*?from\s*)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/gm;
  return [...text.matchAll(pattern)]
    .map((match) => match[1] ?? match[2] ?? '')
    .map((name) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name));
}

function checkArrow(file: string, target: string): void {
  if (file.startsWith('packages/')) {
    const home = file.split('/').slice(0, 2).join('/');
    if (target.startsWith('apps/')) problems.push(`${file} imports the server: ${target}`);
    else if (target.startsWith('packages/') && !target.startsWith(`${home}/`))
      problems.push(`${file} reaches into ${target}`);
    return;
  }
  if (!file.startsWith(`${ROOT}/`) || !target.startsWith(`${ROOT}/`)) return;
  const from = relative(ROOT, file).split('/');
  const to = relative(ROOT, target).split('/');
  const room = from[0] ?? '';
  const other = to[0] ?? '';
  if (room === other || from.length === 1 || OUTER_RING.has(room) || from.includes('testing')) return;
  const allowed = ARROWS[room];
  if (!allowed) problems.push(`${file}: the room ${room} has no arrows yet (scripts/check-arrows.ts)`);
  else if (!allowed.includes(other)) problems.push(`${file}: ${room} may not import ${other}`);
  else if (
    to.length > 1 &&
    to.at(-1) !== 'index.ts' &&
    !SHARED_FILES.has(to.join('/')) &&
    room !== 'http' &&
    room !== 'contract'
  ) {
    problems.push(`${file}: imports ${to.join('/')} past its index.ts`);
  }
}

function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string) => {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push([...path.slice(at), file]);
      return;
    }
    if (done.has(file) || !imports.has(file)) return;
    path.push(file);
    for (const target of imports.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of imports.keys()) visit(file);
  return found;
}
