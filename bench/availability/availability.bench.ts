import { randomInt } from 'node:crypto';
import { pino } from 'pino';
import { createBusbar } from '../../apps/server/src/composition/busbar.ts';
import { workbookFile } from '../../apps/server/src/pricing/testing/workbook-file.ts';
import { readSettings } from '../../apps/server/src/settings.ts';
import { sql } from '../../apps/server/src/storage/index.ts';

/**
 * What a journey waits for: `$availabilityCheck` of a product whose file has 200,000 rows, the first time and afterwards, beside a select of one
 * row by its key on the same database, in the same run. The answer must be right before its time counts.
 * Run with `node bench/availability/availability.bench.ts`; `DATABASE_URL` names a PostgreSQL, otherwise the embedded database is measured.
 */
const ROWS = 200_000;
const ROUNDS = 101;

interface Case {
  readonly name: string;
  readonly header: string;
  readonly row: (index: number) => readonly string[];
  readonly hits: number;
}

const code = (index: number) => String(10_000 + (index % 90_000));
const street = (index: number) => `Straße ${index}`;
const CASES: readonly Case[] = [
  {
    name: 'one code and street a row',
    header: 'plz;ort;strasse;hausnummer',
    row: (index) => [code(index), 'Köln', street(index), '1-99u|8a'],
    hits: 1,
  },
  {
    name: 'ranges of codes',
    header: 'plz;ort;strasse',
    row: (index) => [`${code(index)}-99999`, 'Köln', street(index)],
    hits: 1,
  },
  {
    name: 'one code for all rows',
    header: 'plz;ort;strasse',
    row: (index) => ['10007', 'Köln', street(index)],
    hits: 1,
  },
];

const busbar = await createBusbar(
  readSettings({
    BUSBAR_MODE: 'production',
    BUSBAR_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    BUSBAR_DATA: 'memory://',
    BUSBAR_LOG_LEVEL: 'silent',
    DATABASE_URL: process.env['DATABASE_URL'],
  }),
  pino({ level: 'silent' }),
);
const { identity } = busbar.rooms;
const org = String(randomInt(1_000_000, 2 ** 47));
await busbar.rooms.createOrganisation(org, 'Availability');
const token = await identity.issueAdminToken(org, 'Bench');

console.log(
  `${ROWS} rows, database ${busbar.storage.database.kind}, Node ${process.version}, median of ${ROUNDS} rounds`,
);
console.log(
  'rows                        file      size   first check        check   select by key   beside it',
);
for (const one of CASES) {
  await report(one, 'csv', Buffer.from(csvOf(one)));
  await report(one, 'xlsx', workbookFile(sheetOf(one)));
}
await busbar.close();

async function report({ name, hits }: Case, format: string, file: Buffer): Promise<void> {
  const product = await productWith(`area.${format}`, file);
  const location = { postal_code: '10007', city: 'köln', street: 'Strasse 7', street_number: '7' };
  const check = async () => {
    const { check_results: results } = await ask('POST', '/v1/public/availability:check', {
      products: [product],
      filters: { location },
    });
    if (JSON.stringify(results) !== JSON.stringify([{ product_id: product, matching_hits: hits }]))
      throw new Error(`${name}: ${JSON.stringify(results)}`);
  };
  const select = () =>
    busbar.storage.database
      .tenant(org)
      .first(sql`select id, doc from entity where org_id = ${org} and id = ${product}`);
  const first = await milliseconds(check);
  const times: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    times.push(await milliseconds(check));
    bare.push(await milliseconds(select));
  }
  const [later, floor] = [median(times), median(bare)];
  const columns = [
    name.padEnd(26),
    format.padEnd(5),
    `${(file.length / 1e6).toFixed(1)} MB`.padStart(8),
    `${first.toFixed(0)} ms`.padStart(13),
    `${later.toFixed(2)} ms`.padStart(12),
    `${floor.toFixed(2)} ms`.padStart(15),
    `${(later / floor).toFixed(1)}x`.padStart(11),
  ];
  console.log(columns.join(' '));
}

async function productWith(filename: string, content: Buffer): Promise<string> {
  const issued = await ask('POST', '/v2/files/upload', { filename });
  const { pathname, search } = new URL(String(issued['upload_url']));
  await busbar.http.inject({
    method: 'PUT',
    url: `${pathname}${search}`,
    headers: { 'content-type': 'application/octet-stream' },
    payload: content,
  });
  const file = await ask('POST', '/v2/files', { filename, s3ref: issued['s3ref'] });
  const relation = { $relation: [{ entity_id: String(file['_id']) }] };
  const product = await ask('POST', '/v1/entity/product', { name: filename, _availability_files: relation });
  return String(product['_id']);
}

async function ask(method: 'POST', url: string, body: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await busbar.http.inject({ method, url, headers, payload: body });
  if (answer.statusCode >= 300) throw new Error(`${url}: ${answer.body}`);
  return answer.json();
}

function csvOf({ header, row }: Case): string {
  return `${header}\n${Array.from({ length: ROWS }, (_, index) => row(index).join(';')).join('\n')}`;
}

function sheetOf({ header, row }: Case): string {
  const cell = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
  const line = (cells: readonly string[]) => `<row>${cells.map(cell).join('')}</row>`;
  return [line(header.split(';')), ...Array.from({ length: ROWS }, (_, index) => line(row(index)))].join('');
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
