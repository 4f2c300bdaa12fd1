import { describe, expect, it } from 'vitest';
import { prepareReference } from './cage/reference-expression.ts';
import { ERP_EXPRESSIONS } from './erp-expressions.ts';
import { ExpressionError, evaluateCompiled, parseExpression, type Scope } from './index.ts';
import { isRecord } from './values/json.ts';

/** Source, what it gives on the document below; a string starting with `!` is the reference code of the error. */
type Row = readonly [source: string, expected: unknown];

const DOCUMENT = {
  n: 5,
  s: 'Hello World',
  t: true,
  nothing: null,
  empty: [],
  one: [7],
  list: [1, 2, 3, 4],
  nested: [[1, 2], [3], []],
  words: ['b', 'a', 'c'],
  address: { city: 'Köln', zip: '50667' },
  meters: [
    { id: 'm1', type: 'power', readings: [{ v: 10 }, { v: 20 }], tags: ['x'] },
    { id: 'm2', type: 'gas', readings: [{ v: 5 }], tags: ['x', 'y'] },
    { id: 'm3', type: 'power', readings: [] },
  ],
};

const TABLE: Readonly<Record<string, readonly Row[]>> = {
  paths: [
    ['address.city', 'Köln'],
    ['missing', undefined],
    ['missing.deeper', undefined],
    ['nothing', null],
    ['list', [1, 2, 3, 4]],
    ['one', [7]],
    ['empty', []],
    ['meters.id', ['m1', 'm2', 'm3']],
    ['meters.readings.v', [10, 20, 5]],
    ['meters.tags', ['x', 'x', 'y']],
    ['meters.missing', undefined],
    ['one.$', 7],
    ['`address`.`city`', 'Köln'],
    ['"address"."city"', 'Köln'],
    ['$.n', 5],
    ['$$.n', 5],
    ['meters.($.id)', ['m1', 'm2', 'm3']],
    ['address.*', ['Köln', '50667']],
    ['meters.**.v', [10, 20, 5]],
    [
      'meters.[id, type]',
      [
        ['m1', 'power'],
        ['m2', 'gas'],
        ['m3', 'power'],
      ],
    ],
    ['meters[id="m2"].[id]', ['m2']],
  ],
  predicates: [
    ['list[0]', 1],
    ['list[-1]', 4],
    ['list[9]', undefined],
    ['list[1.9]', 2],
    ['list[[0, 2]]', [1, 3]],
    ['list[[1..2]]', [2, 3]],
    ['list[$ > 2]', [3, 4]],
    ['meters[type="gas"].id', 'm2'],
    ['meters[type="power"].id', ['m1', 'm3']],
    ['meters[type="power"][0].id', 'm1'],
    ['meters.readings[0].v', [10, 5]],
    ['(meters.readings)[0].v', 10],
    ['meters[tags].id', ['m1', 'm2']],
    ['n[0]', 5],
    ['n[1]', undefined],
    ['nested[0]', [1, 2]],
    ['meters[type="gas"][]', [DOCUMENT.meters[1]]],
    ['address.city[]', ['Köln']],
    ['missing[]', undefined],
  ],
  'arrays and ranges': [
    ['[]', []],
    ['[1, missing, 2]', [1, 2]],
    ['[list, 9]', [1, 2, 3, 4, 9]],
    ['[[list], 9]', [[1, 2, 3, 4], 9]],
    ['[1..3]', [1, 2, 3]],
    ['[1..1]', [1]],
    ['[3..1]', []],
    ['[-1..1, 5]', [-1, 0, 1, 5]],
    ['[1.5..3]', '!T2003'],
    ['[1..n & ""]', '!T2004'],
    ['[1..100000000]', '!D2014'],
  ],
  objects: [
    ['{"a": n, "b": missing}', { a: 5 }],
    ['{"a": nothing}', { a: null }],
    ['meters{type: id}', { power: ['m1', 'm3'], gas: 'm2' }],
    ['meters{type: $count(id)}', { power: 2, gas: 1 }],
    ['meters.{id: type}', [{ m1: 'power' }, { m2: 'gas' }, { m3: 'power' }]],
    ['{"a": 1, "a": 2}', '!D1009'],
    ['{n: 1}', '!T1003'],
    ['empty.{"a": 1}', undefined],
    ['{"a": {"b": [n]}}', { a: { b: [5] } }],
  ],
  sorting: [
    ['list^(>$)', [4, 3, 2, 1]],
    ['meters^(type, >id).id', ['m2', 'm3', 'm1']],
    ['meters^(readings[0].v).id', ['m2', 'm1', 'm3']],
    ['[1, "a"]^($)', '!T2007'],
    ['meters^(tags)', '!T2008'],
    ['$sort(words)', ['a', 'b', 'c']],
    ['$sort([3, 1, 2])', [1, 2, 3]],
    ['$sort([1, "a"])', '!D3070'],
    ['$sort(words, function($l, $r){ $l < $r })', ['c', 'b', 'a']],
  ],
  arithmetic: [
    ['1 + 2 * 3 - 4 / 2', 5],
    ['7 % 3', 1],
    ['-n', -5],
    ['n + missing', undefined],
    ['n + "a"', '!T2002'],
    ['"a" * n', '!T2001'],
    ['-s', '!D1002'],
    ['1 / 0', '!D1001'],
    ['1 / 0 + 1', '!D1001'],
    ['0.1 + 0.2', 0.1 + 0.2],
  ],
  'comparison and logic': [
    ['n = 5', true],
    ['n != 5', false],
    ['n = "5"', false],
    ['missing = missing', false],
    ['missing != 1', false],
    ['address = {"zip": "50667", "city": "Köln"}', true],
    ['list = [1, 2, 3, 4]', true],
    ['n < 6 and n >= 5', true],
    ['"a" < "b"', true],
    ['n > missing', undefined],
    ['n > "a"', '!T2009'],
    ['t > 1', '!T2010'],
    ['n in list', false],
    ['3 in list', true],
    ['n in 5', true],
    ['missing and n', false],
    ['missing or n', true],
    ['false and $error("not reached")', false],
    ['empty or {}', false],
    ['[0, "", 1] and true', true],
  ],
  conditions: [
    ['n > 3 ? "big" : "small"', 'big'],
    ['n > 9 ? "big"', undefined],
    ['missing ?: "default"', 'default'],
    ['"" ?: "default"', 'default'],
    ['0 ?? "default"', 0],
    ['missing ?? nothing', null],
    ['missing ?? missing ?? 3', 3],
  ],
  'variables and functions': [
    ['($x := n; $x := $x + 1; $x)', 6],
    ['($x := $y := 2; $x + $y)', 4],
    ['($x := 1; ($x := 2); $x)', 1],
    ['()', undefined],
    ['($f := function($a, $b){ $a & $b }; $f("x", "y"))', 'xy'],
    ['($f := function($a){ n + $a }; meters.$f(1))', [6, 6, 6]],
    ['function($x){ $x * 2 }(21)', 42],
    ['$undefined', undefined],
    ['$undefined()', '!T1006'],
    ['($x := 1; $x(2))', '!T1006'],
    ['n ~> $string', '5'],
    ['s ~> $substringBefore(" ") ~> $uppercase()', 'HELLO'],
    ['n ~> function($x){ $x + 1 }', 6],
  ],
  'higher-order functions': [
    ['$map(list, function($v, $i){ $v * $i })', [0, 2, 6, 12]],
    ['$map(n, function($v){ $v })', 5],
    ['$map(words, $uppercase)', ['B', 'A', 'C']],
    ['$map(missing, $uppercase)', undefined],
    ['$filter(list, function($v){ $v % 2 = 0 })', [2, 4]],
    ['$filter(list, function($v){ $v > 3 })', 4],
    ['$single(list, function($v){ $v = 2 })', 2],
    ['$single(list, function($v){ $v > 2 })', '!D3138'],
    ['$single(list, function($v){ $v > 9 })', '!D3139'],
    ['$reduce(list, function($a, $v){ $a + $v })', 10],
    ['$reduce(list, function($a, $v){ $a + $v }, 100)', 110],
    ['$reduce(list, function($a){ $a })', '!D3050'],
    ['$each(address, function($v, $k){ $k & "=" & $v })', ['city=Köln', 'zip=50667']],
    ['$sift(address, function($v, $k){ $k = "zip" })', { zip: '50667' }],
    ['$sift(address, function($v){ false })', undefined],
    ['$each(list, function($v){ $v })', '!T0410'],
  ],
  strings: [
    ['"a" & 1 & true & null & missing', 'a1truenull'],
    ['"" & [1, {"a": 0.1}]', '[1,{"a":0.1}]'],
    ['$string(1.0000000000000002)', '1'],
    ['$string({"a": [1, 2]}, true)', '{\n  "a": [\n    1,\n    2\n  ]\n}'],
    ['$length("a😀b")', 3],
    ['$substring("a😀bc", 1, 2)', '😀b'],
    ['$substring(s, -5)', 'World'],
    ['$substring(s, 3, 4)', 'lo W'],
    ['$substring(s, 0, -1)', ''],
    ['$substringAfter(s, " ")', 'World'],
    ['$substringBefore(s, "?")', 'Hello World'],
    ['$lowercase(s) & $uppercase(s)', 'hello worldHELLO WORLD'],
    ['$lowercase(n)', '!T0410'],
    ['s.$lowercase()', 'hello world'],
    ['$trim("  a \n b ")', 'a b'],
    ['$pad("x", 3) & $pad("x", -3, "ab")', 'x  abx'],
    ['$contains(s, "World")', true],
    ['$contains(s, /^hello/i)', true],
    ['$split("a,b,c", ",")', ['a', 'b', 'c']],
    ['$split("a1b22c", /\\d+/, 2)', ['a', 'b']],
    ['$join(words, "-")', 'b-a-c'],
    ['$join(list)', '!T0412'],
    ['$replace("aaa", "a", "b", 2)', 'bba'],
    ['$replace("2024-01-31", /(\\d+)-(\\d+)-(\\d+)/, "$3.$2.$1$$")', '31.01.2024$'],
    ['$replace("abc", /x*/, "-")', '!D1004'],
    ['$replace("abc", "", "-")', '!D3010'],
    [
      '$match("a1b22", /[a-z](\\d+)/)',
      [
        { match: 'a1', index: 0, groups: ['1'] },
        { match: 'b22', index: 2, groups: ['22'] },
      ],
    ],
    ['$base64encode("Hi") & $base64decode("SGk=")', 'SGk=Hi'],
    ['$encodeUrlComponent("ä b") & $decodeUrlComponent("%C3%A4")', '%C3%A4%20bä'],
    ['$encodeUrl("http://x/ä") & $decodeUrl("%C3%A4")', 'http://x/%C3%A4ä'],
    ['$decodeUrl("%E0%A4%A")', '!D3140'],
  ],
  numbers: [
    ['$number("12.5") + $number("0x10") + $number(true)', 29.5],
    ['$number("abc")', '!D3030'],
    ['$number(nothing)', '!T0410'],
    ['$round(2.5) + $round(3.5)', 6],
    ['$round(-2.5)', -2],
    ['$round(1.005, 2)', 1],
    ['$round(1234, -2)', 1200],
    ['$floor(-1.5) & $ceil(1.2) & $abs(-3)', '-223'],
    ['$sqrt(16) + $power(2, 10)', 1028],
    ['$sqrt(-1)', '!D3060'],
    ['$power(10, 400)', '!D3061'],
    ['$sum(list) + $max(list) + $min(list) + $average(list)', 17.5],
    ['$sum(empty)', 0],
    ['$max(empty)', undefined],
    ['$sum(words)', '!T0412'],
    ['$count(list) & $count(n) & $count(missing)', '410'],
    ['$formatNumber(12345.6, "#,###.00")', '12,345.60'],
    ['$formatNumber(1.5, "0,00", {"decimal-separator": ",", "grouping-separator": "."})', '1,50'],
    ['$formatBase(255, 16)', 'ff'],
    ['$formatInteger(12, "w") & $formatInteger(4, "I")', 'twelveIV'],
    ['$parseInteger("1,234", "#,##0")', 1234],
    ['$random() < 1', true],
  ],
  'arrays and objects': [
    ['$append(list, [5])', [1, 2, 3, 4, 5]],
    ['$append(missing, n)', 5],
    ['$reverse(list)', [4, 3, 2, 1]],
    ['$distinct([1, 2, 1, {"a": 1}, {"a": 1}])', [1, 2, { a: 1 }]],
    ['$distinct(meters.type)', ['power', 'gas']],
    ['$count($shuffle(list))', 4],
    [
      '$zip(list, words)',
      [
        [1, 'b'],
        [2, 'a'],
        [3, 'c'],
      ],
    ],
    ['$keys(address)', ['city', 'zip']],
    ['$keys(meters)', ['id', 'type', 'readings', 'tags']],
    ['$lookup(address, "zip")', '50667'],
    ['$lookup(meters, "id")', ['m1', 'm2', 'm3']],
    ['$spread(address)', [{ city: 'Köln' }, { zip: '50667' }]],
    ['$merge([address, {"zip": "1"}])', { city: 'Köln', zip: '1' }],
    ['$clone(address)', { city: 'Köln', zip: '50667' }],
    ['$exists(missing) or $exists(nothing)', true],
    [
      '$type(n) & $type(s) & $type(nothing) & $type(list) & $type(address) & $type(t)',
      'numberstringnullarrayobjectboolean',
    ],
    ['$boolean("") or $boolean([0]) or $boolean({})', false],
    ['$not(missing)', undefined],
    ['$error("stop")', '!D3137'],
    ['$assert(n = 6, "not six")', '!D3141'],
  ],
  dates: [
    ['$toMillis("2024-02-29T12:00:00Z")', 1_709_208_000_000],
    ['$toMillis("29.02.2024", "[D01].[M01].[Y0001]")', 1_709_164_800_000],
    ['$toMillis("yesterday")', '!D3110'],
    ['$fromMillis(1709208000000)', '2024-02-29T12:00:00.000Z'],
    ['$fromMillis(1709208000000, "[D1]. [MNn] [Y]")', '29. February 2024'],
    ['$fromMillis(0, "[H01]:[m01] [z]", "+0130")', '01:30 GMT+01:30'],
    ['$millis() = $toMillis($now())', true],
  ],
};

function outcome(evaluate: () => unknown): unknown {
  try {
    return evaluate();
  } catch (error) {
    return error instanceof ExpressionError ? `!${error.jsonataCode}` : error;
  }
}

async function referenceOutcome(source: string, scope: Scope): Promise<unknown> {
  try {
    return await prepareReference(source).evaluate(structuredClone(scope));
  } catch (error) {
    return isRecord(error) ? `!${String(error.code)}` : error;
  }
}

/** As JSON text would carry it; the reference's arrays have members of their own besides elements. */
function json(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

for (const [name, rows] of Object.entries(TABLE)) {
  describe(name, () => {
    it.each(rows)('%s', async (source, expected) => {
      const expression = parseExpression(source);
      expect(expression.mode).toBe('compiled');
      expect(outcome(() => evaluateCompiled(expression, { root: DOCUMENT }))).toEqual(expected);
      // The one deliberate difference: the reference hands out Infinity, for which JSON has no notation.
      const promised = source === '1 / 0' ? Number.POSITIVE_INFINITY : expected;
      expect(json(await referenceOutcome(source, { root: DOCUMENT }))).toEqual(json(promised));
    });
  });
}

const PARTNER = {
  PARTNER: '0001',
  TYPE: '1',
  TITLE: '0002',
  BIRTHDT: '19800229',
  SALDO: '1.234,56',
  SPARTE: 'G',
  ZAHLWEG: 'E',
  art: 'GRUND',
  EINZDAT: '20240101',
  AUSZDAT: '00000000',
  TAXNUM: 'DE1',
  GPART: { TYPE: '2', PARTNER: '7' },
  abschlag: '80,00',
  saldo: '-1,5',
  BANK: { IBAN: 'DE02', BIC: 'BYL', KOINH: 'E. M.', BANKA: 'DKB' },
  MANDAT: { REF: 'R1' },
  status: 'ACTIVE',
  branch: 'GAS',
  ADDRESS: { STREET: 'Hauptstr.', HOUSE_NUM1: '1', POST_CODE1: '12345', CITY1: 'Musterstadt', COUNTRY: 'DE' },
  EMAIL: [{ SMTP_ADDR: 'a@b.de', FLGDEFAULT: 'X' }, { SMTP_ADDR: 'c@d.de' }],
  TEL: { TEL_NUMBER: '1', R3_USER: '3' },
  euroNetto: '1.234,56',
  centNetto: '12,5',
  betrag: 12.345,
  installment: { amount: 80.5 },
  datum: '20240131',
  noticeWeeks: 6,
};
const LISTS = {
  geraete: [
    { nr: '1', sparte: 'Strom', status: 'eingebaut', rolle: 'r' },
    { nr: '2', sparte: 'Gas' },
  ],
  belege: { id: 'b1' },
  dokumente: [
    { konto: 'k1', id: 1 },
    { konto: 'k2', id: 2 },
    { konto: 'k1', id: 3 },
  ],
  ids: ['i1', 'i2'],
  vkonto: 'v',
  anzahl: 3,
  positionen: [{ pos: 1 }],
  ablesungen: [{ nr: '1', zaehlwerk: 'z' }],
  preise: [{ id: 'p' }],
  merkmale: ['m'],
  stichtag: '2024',
  Geraetestamm: {
    Geraet: [
      { '@_nr': 'g1', Zaehlwerk: { '@_nr': '1', Einheit: 'kWh' } },
      { '@_nr': 'g2', Zaehlwerk: [{ '@_nr': '2' }] },
    ],
  },
  '@_nr': 'n',
  '@_sparte': 'S',
  Zaehlwerk: [{ '@_nr': '1' }, { '@_nr': '2' }],
  steuer: { satz: 19 },
  produkt: { sparte: 'S' },
  billing_account: { payment_method: [{ type: 'payment_sepa', data: { iban: 'DE' } }] },
  _event_time: '2024-01-31T10:00:00Z',
  meter_readings: [{ obis_number: '1.8.0', value: 5, direction: 'feed-in' }],
  reading_date: '2024-01-31',
  umsatz: 20_000,
};

describe('expressions of real mappings', () => {
  it.each(ERP_EXPRESSIONS)('%s', async (source) => {
    const expression = parseExpression(source);
    expect(expression.mode).toBe('compiled');
    for (const scope of [
      { root: PARTNER },
      { root: LISTS },
      { root: LISTS, item: PARTNER },
      { root: PARTNER, item: [LISTS] },
    ]) {
      const compiled = outcome(() => evaluateCompiled(expression, scope));
      expect(json(compiled)).toEqual(json(await referenceOutcome(source, scope)));
    }
  });
});

describe('an evaluation', () => {
  it('has one instant, however often it is asked for', () => {
    const instants = evaluateCompiled(
      parseExpression('$distinct([$now(), $map([1..50000], function($i){ $now() })[49999], $now()])'),
      {
        root: {},
      },
    );
    expect(instants).toHaveLength(1);
  });

  it('sees an array item as one array, and bindings as variables', () => {
    const scope = { root: { n: 1 }, item: [{ n: 2 }, { n: 3 }], bindings: { factor: 10 } };
    expect(evaluateCompiled(parseExpression('[$count($), n, $$.n, $factor]'), scope)).toEqual([
      2, 2, 3, 1, 10,
    ]);
  });
});
