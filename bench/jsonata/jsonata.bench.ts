import jsonata from 'jsonata';
import { evaluateCompiled, parseExpression } from '../../packages/jsonata/src/index.ts';

/**
 * Evaluations per second of compiled expressions against the reference implementation, both with the expression parsed beforehand.
 * Run with `node bench/jsonata/jsonata.bench.ts [milliseconds per round]`.
 */

interface Case {
  readonly name: string;
  readonly source: string;
  readonly input: unknown;
}

const ROUNDS = 8;
const ROUND_MS = Number(process.argv[2] ?? 150);
const BATCH = 50;

const PARTNER = {
  PARTNER: '0001002003',
  TYPE: '1',
  TITLE: '0002',
  NAME_FIRST: 'Erika',
  NAME_LAST: 'Mustermann',
  BIRTHDT: '19800229',
  SALDO: '1.234,56',
  SPARTE: 'S',
  EINZDAT: '20240101',
  AUSZDAT: '00000000',
  ZAHLWEG: 'E',
  BANK: { IBAN: 'DE02120300000000202051', BIC: 'BYLADEM1001', KOINH: 'Erika Mustermann', BANKA: 'DKB' },
  ADDRESS: {
    STREET: 'Hauptstr.',
    HOUSE_NUM1: '12a',
    POST_CODE1: '12345',
    CITY1: 'Musterstadt',
    COUNTRY: 'DE',
  },
  EMAIL: [
    { SMTP_ADDR: 'erika@example.org', FLGDEFAULT: 'X' },
    { SMTP_ADDR: 'em@example.org', FLGDEFAULT: '' },
  ],
  TEL: [{ TEL_NUMBER: '+49 170 1234567', R3_USER: '3' }],
};

const READINGS = {
  geraet: '1EMH0012345678',
  ablesungen: Array.from({ length: 72 }, (_, index) => ({
    nr: index % 2 === 0 ? '001' : '002',
    datum: `202401${String((index % 28) + 1).padStart(2, '0')}`,
    stand: 1_000 + index * 3.5,
    art: index % 10 === 0 ? '21' : '01',
  })),
};

/** What ERP mappings do, field by field: names, lookups, dates, decimals, conditions, nested objects, small arrays. */
const FIELDS = [
  `'customer_number': PARTNER`,
  `'type': TYPE = '2' ? 'business' : 'private'`,
  `'salutation': $lookup({ '0001': 'Ms. / Mrs.', '0002': 'Mr.' }, TITLE)`,
  `'first_name': NAME_FIRST`,
  `'last_name': NAME_LAST`,
  `'full_name': NAME_FIRST & ' ' & NAME_LAST`,
  `'birthdate': BIRTHDT != '00000000' ? $substring(BIRTHDT, 0, 4) & '-' & $substring(BIRTHDT, 4, 2) & '-' & $substring(BIRTHDT, 6, 2)`,
  `'balance': $round($number($replace($replace(SALDO, '.', ''), ',', '.')) * 100)`,
  `'branch': $lookup({ 'S': 'power', 'G': 'gas', 'F': 'district_heating' }, SPARTE)`,
  `'move_in': EINZDAT != '00000000' ? $substring(EINZDAT, 0, 4) & '-' & $substring(EINZDAT, 4, 2) & '-' & $substring(EINZDAT, 6, 2)`,
  `'move_out': AUSZDAT != '00000000' ? $substring(AUSZDAT, 0, 4) & '-' & $substring(AUSZDAT, 4, 2)`,
  `'iban': BANK.IBAN`,
  `'bic': BANK.BIC`,
  `'city': ADDRESS.CITY1`,
  `'zip': ADDRESS.POST_CODE1`,
  `'street': ADDRESS.STREET & ' ' & ADDRESS.HOUSE_NUM1`,
  `'email': [EMAIL.{ '_tags': FLGDEFAULT = 'X' ? ['primary'] : [], 'email': SMTP_ADDR }]`,
  `'primary_email': EMAIL[FLGDEFAULT = 'X'].SMTP_ADDR`,
  `'phones': [TEL.{ '_tags': [R3_USER = '3' ? 'mobile' : 'landline'], 'phone': TEL_NUMBER }]`,
  `'login': $lowercase(NAME_FIRST) & '.' & $lowercase(NAME_LAST)`,
];

const CASES: readonly Case[] = [
  { name: 'one path', source: 'ADDRESS.CITY1', input: PARTNER },
  { name: 'small map (5 fields)', source: `{ ${FIELDS.slice(0, 5).join(', ')} }`, input: PARTNER },
  { name: 'map of 20 fields', source: `{ ${FIELDS.join(', ')} }`, input: PARTNER },
  {
    name: 'map of 40 fields',
    source: `{ ${[...FIELDS, ...FIELDS.map((field) => field.replace("'", "'second_"))].join(', ')} }`,
    input: PARTNER,
  },
  {
    name: '72 readings to objects',
    source: `ablesungen.{ 'external_id': $$.geraet & '-' & nr & '-' & datum, 'value': stand, 'reason': art = '21' ? 'meter_change' : 'regular' }`,
    input: READINGS,
  },
  {
    name: '72 readings filtered, summed',
    source: `{ 'sum': $sum(ablesungen[nr = '001'].stand), 'last': ablesungen^(>datum)[0].stand, 'n': $count(ablesungen) }`,
    input: READINGS,
  },
];

/** Runs per second of work that answers by promise. */
async function rate(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  let runs = 0;
  while (performance.now() - started < ROUND_MS) {
    for (let index = 0; index < BATCH; index += 1) await work();
    runs += BATCH;
  }
  return (runs * 1_000) / (performance.now() - started);
}

/** Runs per second of work without promises: awaiting it would measure the event loop instead. */
function rateOfCalls(work: () => unknown): number {
  const started = performance.now();
  let runs = 0;
  while (performance.now() - started < ROUND_MS) {
    for (let index = 0; index < BATCH; index += 1) work();
    runs += BATCH;
  }
  return (runs * 1_000) / (performance.now() - started);
}

const rows: Record<string, Record<string, string>> = {};
for (const { name, source, input } of CASES) {
  const expression = parseExpression(source);
  if (expression.mode !== 'compiled') throw new Error(`not compiled: ${name}`);
  const reference = jsonata(source);
  const scope = { root: input };
  const expected = JSON.stringify(await reference.evaluate(input));
  if (JSON.stringify(evaluateCompiled(expression, scope)) !== expected)
    throw new Error(`different results: ${name}`);
  // Rounds take turns and the best one counts, because other work on the machine only ever slows a round down.
  let compiled = 0;
  let slow = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    compiled = Math.max(
      compiled,
      rateOfCalls(() => evaluateCompiled(expression, scope)),
    );
    slow = Math.max(slow, await rate(() => reference.evaluate(input)));
  }
  rows[name] = {
    'jsonata/s': Math.round(slow).toLocaleString('en'),
    'compiled/s': Math.round(compiled).toLocaleString('en'),
    'jsonata us': (1e6 / slow).toFixed(2),
    'compiled us': (1e6 / compiled).toFixed(2),
    ratio: `${(compiled / slow).toFixed(1)}x`,
  };
}
console.table(rows);
