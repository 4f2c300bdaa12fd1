import { afterAll, describe, expect, it } from 'vitest';
import { ExpressionCage, ExpressionError, evaluateCompiled, parseExpression } from './index.ts';

/** Attacks on expression engines: what must end with an error, how it is built, and what it sees. */
interface Attack {
  readonly name: string;
  readonly source: string;
  readonly root?: unknown;
}

const DOUBLING = '$reduce([1..40], function($a, $b){ $a & $a }, "x")';
const DIGITS = { text: `${'1'.repeat(200)}!` };
const GRAPH = '$reduce([1..40], function($a, $b){ {"l": $a, "r": $a} }, 1)';

const ATTACKS: readonly Attack[] = [
  { name: 'endless tail call', source: '($f := function($n){ $f($n + 1) }; $f(0))' },
  {
    name: 'mutual endless calls',
    source: '($f := function($n){ $g($n) }; $g := function($n){ $f($n) }; $f(0))',
  },
  { name: 'self application', source: '($w := function($f){ $f($f) }; $w($w))' },
  { name: 'deep recursion', source: '($f := function($n){ 1 + $f($n + 1) }; $f(0))' },
  { name: 'calls doubling per level', source: `(${calls(30)} $f30(1))` },
  { name: 'huge range', source: '[1..9999999]' },
  { name: 'huge range, counted', source: '$count([1..10000000])' },
  { name: 'range beyond the reference limit', source: '[1..100000000]' },
  { name: 'nested ranges', source: '$sum([1..3000].([1..3000].(1)))' },
  { name: 'string doubling', source: DOUBLING },
  { name: 'string doubling, flattened', source: `$length(${DOUBLING})` },
  { name: 'array doubling', source: '$reduce([1..40], function($a, $b){ $append($a, $a) }, [1])' },
  { name: 'graph as string', source: `$string(${GRAPH})` },
  { name: 'graph concatenated', source: `${GRAPH} & ""` },
  { name: 'graph compared', source: `(${GRAPH}) = (${GRAPH})` },
  { name: 'graph searched', source: `$count((${GRAPH}).**)` },
  { name: 'graph returned', source: GRAPH },
  { name: 'pad', source: '$pad("x", 500000000)' },
  { name: 'pad with a long filling', source: '$pad("x", 4000000, $pad("y", 1000000)) & $pad("x", -9000000)' },
  {
    name: 'join',
    source: '$join($map([1..100000], function($i){ text }))',
    root: { text: 'x'.repeat(100_000) },
  },
  { name: 'replace', source: '$replace(text, "x", text)', root: { text: 'x'.repeat(100_000) } },
  {
    name: 'replace with a pattern',
    source: '$replace(text, /x/, text)',
    root: { text: 'x'.repeat(100_000) },
  },
  { name: 'wide date', source: '$fromMillis(0, "[Y,9-999999999]")' },
  { name: 'endless number in letters', source: '$formatInteger(1e308 * 10, "A")' },
  { name: 'endless number with exponent', source: '$formatNumber(1e308 * 10, "0e0")' },
  {
    name: 'date picture that backtracks (ReDoS)',
    source: `$toMillis(text, "${'[f]'.repeat(12)}")`,
    root: DIGITS,
  },
  {
    name: 'the same picture at run time',
    source: `$toMillis(text, "[f]" & "${'[f]'.repeat(11)}")`,
    root: DIGITS,
  },
  {
    name: 'backtracking pattern with look-ahead',
    source: '$match(text, /^(?=(a+)+$)b/)',
    root: { text: `${'a'.repeat(40)}!` },
  },
  { name: 'eval', source: '$eval("1 + 1")' },
  { name: 'eval of an endless loop', source: '$eval("($f := function(){ $f() }; $f())")' },
  { name: 'deeply nested result', source: '$reduce([1..5000], function($a, $b){ {"n": $a} }, 1)' },
];

/** `$f0` does next to nothing, `$fN` calls `$fN-1` twice. */
function calls(levels: number): string {
  const first = '$f0 := function($x){ $x };';
  return Array.from(
    { length: levels },
    (_, n) => `$f${n + 1} := function($x){ [$f${n}($x) + $f${n}($x)] [0] };`,
  ).reduce((text, line) => `${text} ${line}`, first);
}

const REFUSED_TEXTS: ReadonlyArray<readonly [string, string]> = [
  ['very long', `"${'x'.repeat(15_000)}"`],
  ['nested parentheses', `${'('.repeat(5_000)}1${')'.repeat(5_000)}`],
  ['nested arrays', `${'['.repeat(7_000)}${']'.repeat(7_000)}`],
  ['many signs', `${'-'.repeat(14_000)}1`],
  ['many choices', `${'a ? '.repeat(3_000)}1`],
  ['operands copied per level', `${'('.repeat(60)}a${' ?: b)'.repeat(60)}`],
  ['operands copied per level with ??', `${'['.repeat(60)}a${' ?? b]'.repeat(60)}`],
];

const cage = new ExpressionCage({ breakerKills: 1_000, timeoutMs: 400 });
afterAll(() => cage.close());

async function failureOf(attack: Attack): Promise<ExpressionError | string> {
  try {
    const result = await cage
      .forTenant('attacker')
      .evaluate(parseExpression(attack.source), { root: attack.root ?? {} });
    return `answered with ${String(JSON.stringify(result)).slice(0, 80)}`;
  } catch (error) {
    return error instanceof ExpressionError ? error : `threw ${String(error)}`;
  }
}

describe('attacks', () => {
  it.each(ATTACKS.map((attack) => [attack.name, attack] as const))('%s is stopped', async (_name, attack) => {
    expect(await failureOf(attack)).toBeInstanceOf(ExpressionError);
  });

  it('leave the process small and other tenants served', async () => {
    const other = cage.forTenant('other');
    const recursive = parseExpression('($f := function($n){ $n < 2 ? 1 : $n * $f($n - 1) }; $f(5))');
    await other.evaluate(recursive, { root: {} });
    const before = process.memoryUsage().rss;
    const attacks = ATTACKS.map(failureOf);
    for (let round = 0; round < 30; round += 1)
      expect(await other.evaluate(recursive, { root: {} })).toBe(120);
    await Promise.all(attacks);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });

  it.each(REFUSED_TEXTS)('a text that is %s is refused by the parser', (_name, source) => {
    expect(() => parseExpression(source)).toThrow(ExpressionError);
  });

  it('a linear-time engine answers where a backtracking one would not', () => {
    const expression = parseExpression('$contains(text, /^(a+)+$/)');
    const uncapturing = parseExpression('$contains(text, /^(?:a+)+$/)');
    expect([expression.mode, uncapturing.mode]).toEqual(['caged', 'compiled']);
    expect(evaluateCompiled(uncapturing, { root: { text: `${'a'.repeat(50_000)}!` } })).toBe(false);
  });
});

describe('reaching for the host', () => {
  const NAMES = [
    'constructor',
    '__proto__',
    'prototype',
    'length',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '__defineGetter__',
  ];

  it.each(NAMES)('%s is found on nothing', (name) => {
    const root = { text: 'x', list: [1, 2], object: {}, number: 1 };
    for (const source of [
      `\`${name}\``,
      `text.\`${name}\``,
      `list.\`${name}\``,
      `object.\`${name}\``,
      `$lookup(object, "${name}")`,
    ]) {
      expect(evaluateCompiled(parseExpression(source), { root })).toBeUndefined();
    }
  });

  it.each([
    'process',
    'globalThis',
    'require',
    'Function',
    '$process',
    '$globalThis',
    '$require',
    '$constructor',
    '$__proto__',
  ])('%s is nothing', (source) => {
    expect(evaluateCompiled(parseExpression(source), { root: {} })).toBeUndefined();
  });

  it('no expression writes to a prototype', async () => {
    const sources = [
      '{"__proto__": {"polluted": 1}}',
      '$merge([{"__proto__": {"polluted": 1}}, data])',
      '$sift(data, function($v){ true })',
      '$spread(data)',
      'data{$string("__proto__"): {"polluted": 1}}',
      '$ ~> |data|{"__proto__": {"polluted": 1}}|',
    ];
    const root: unknown = JSON.parse(
      '{"data": {"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}}',
    );
    for (const source of sources) {
      const result = await cage.forTenant('a').evaluate(parseExpression(source), { root });
      expect(JSON.stringify(result) ?? '').not.toContain('polluted');
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});
