import fc from 'fast-check';

const NAMES = ['a', 'b', 'c', 'd'] as const;
const NUMBERS = ['0', '1', '2', '3', '-1', '0.5', '10', '-2'] as const;
const STRINGS = ['"x"', '"y"', '"ab"', '""', '"3"', '"a b"'] as const;
const BINARY = ['+', '-', '*', '/', '%', '=', '!=', '<', '<=', '>', '>=', '&', 'and', 'or', 'in'] as const;
const ONE_ARGUMENT = [
  ...[
    'count',
    'sum',
    'max',
    'min',
    'average',
    'string',
    'length',
    'uppercase',
    'lowercase',
    'trim',
    'number',
    'abs',
  ],
  ...[
    'floor',
    'ceil',
    'round',
    'sqrt',
    'boolean',
    'not',
    'exists',
    'type',
    'keys',
    'spread',
    'merge',
    'reverse',
    'sort',
  ],
  ...['distinct', 'clone', 'base64encode', 'encodeUrlComponent', 'join', 'zip'],
] as const;
const TWO_ARGUMENTS = [
  ...[
    'append',
    'substring',
    'substringBefore',
    'substringAfter',
    'contains',
    'split',
    'join',
    'lookup',
    'round',
    'power',
  ],
  ...['pad', 'zip', 'formatBase'],
] as const;
const CALLBACKS = [
  '$string',
  '$number',
  '$uppercase',
  '$exists',
  '$count',
  '$boolean',
  '$keys',
  '$type',
  '$sum',
] as const;
const PATTERNS = ['/a/', '/[a-c]+/', '/(x)|(y)/', '/\\s/', '/^a|b$/i', '/\\d+/'] as const;

/** One of the given texts. */
function any(...texts: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...texts);
}

/** JSON as it comes from an ERP, small and irregular: the names the grammar uses, at any depth, singly and in arrays. */
export const documents: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' as const, withCrossShrink: true },
    fc.constantFrom<unknown>(0, 1, 2, 3, -1, 0.5, 'x', 'y', 'ab', 'a b', '3', '', true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(any(...NAMES), tie('value'), { maxKeys: 4, noNullPrototype: true }),
    fc.dictionary(any(...NAMES), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

type Grammar = {
  expression: string;
  primary: string;
  path: string;
  step: string;
  predicate: string;
  lambda: string;
  call: string;
  object: string;
};

/** One of several forms; how deep they nest before the first form ends the recursion. */
function form(depthSize: 'small' | 'medium', ...forms: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.oneof({ depthSize, withCrossShrink: true }, ...forms);
}

/** Expressions over the names a-d: everything the compiler covers, in all combinations, and some it leaves to the cage. */
export const expressions: fc.Arbitrary<string> = fc.letrec<Grammar>((tie) => ({
  expression: form(
    'medium',
    tie('primary'),
    tie('path'),
    tie('path'),
    tie('call'),
    tie('object'),
    fc.tuple(tie('primary'), any(...BINARY), tie('primary')).map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(tie('primary'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(tie('primary'), any('?:', '??'), tie('expression')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc.tuple(any(...NUMBERS), any(...NUMBERS)).map(([a, b]) => `[${a}..${b}]`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `($v := ${a}; ${b})`),
    fc.tuple(tie('lambda'), tie('expression')).map(([f, a]) => `($f := ${f}; $f(${a}))`),
    fc.tuple(tie('lambda'), tie('primary')).map(([f, a]) => `($f := ${f}; $map(${a}, $f))`),
    fc.tuple(tie('primary'), tie('lambda')).map(([a, f]) => `(${a} ~> ${f})`),
    fc.tuple(tie('primary'), any(...ONE_ARGUMENT)).map(([a, f]) => `(${a} ~> $${f}())`),
    fc.tuple(tie('primary'), any(...CALLBACKS)).map(([a, f]) => `(${a} ~> ${f})`),
    fc.tuple(tie('expression'), tie('predicate')).map(([a, p]) => `(${a})${p}`),
    fc.tuple(tie('path'), tie('object')).map(([a, o]) => `${a}${o}`),
  ),
  primary: form(
    'medium',
    any(...NAMES),
    any(...NUMBERS),
    any(...STRINGS),
    any('true', 'false', 'null', '$', '$$', '$v', '$x', '*', '**', 'missing', '$i'),
    tie('path'),
    tie('expression').map((e) => `(${e})`),
    tie('primary').map((e) => `-${e}`),
  ),
  path: fc
    .tuple(
      fc.oneof(any(...NAMES), any('$', '$$', '$x', '$v', '*', '**'), tie('step')),
      fc.array(tie('step'), { maxLength: 3 }),
    )
    .map(([first, rest]) => [first, ...rest].join('.')),
  step: form(
    'small',
    any(...NAMES),
    any(...NAMES),
    fc.tuple(any(...NAMES), tie('predicate')).map(([n, p]) => `${n}${p}`),
    fc.tuple(any(...NAMES), any(...NAMES)).map(([n, m]) => `${n}^(${m})`),
    fc.tuple(any(...NAMES), any(...NAMES)).map(([n, m]) => `${n}^(>${m}, ${n})`),
    any('*', '**', '$', '$string()', '$keys()', '$type($)', '$count($)'),
    any(...NAMES).map((n) => `${n}[]`),
    tie('expression').map((e) => `(${e})`),
    tie('expression').map((e) => `[${e}]`),
    tie('object'),
    tie('call'),
  ),
  predicate: form(
    'small',
    any(...NUMBERS).map((n) => `[${n}]`),
    fc.constant('[]'),
    any('[[0..1]]', '[[0, 0]]', '[$ > 1]', '[a]', '[b = 1]', '[$i]'),
    tie('expression').map((e) => `[${e}]`),
  ),
  lambda: form(
    'small',
    tie('expression').map((e) => `function($x){ ${e} }`),
    tie('expression').map((e) => `function($x, $i){ ${e} }`),
    fc.tuple(tie('primary'), tie('call')).map(([c, e]) => `function($x, $i, $v){ ${c} ? ${e} }`),
  ),
  call: form(
    'small',
    fc.tuple(any(...ONE_ARGUMENT), tie('expression')).map(([f, a]) => `$${f}(${a})`),
    fc
      .tuple(any(...TWO_ARGUMENTS), tie('expression'), tie('primary'))
      .map(([f, a, b]) => `$${f}(${a}, ${b})`),
    fc
      .tuple(any('map', 'filter', 'single'), tie('expression'), tie('lambda'))
      .map(([f, a, l]) => `$${f}(${a}, ${l})`),
    fc
      .tuple(any('map', 'filter', 'each'), tie('primary'), any(...CALLBACKS))
      .map(([f, a, l]) => `$${f}(${a}, ${l})`),
    fc.tuple(any('each', 'sift'), tie('expression'), tie('lambda')).map(([f, a, l]) => `$${f}(${a}, ${l})`),
    fc.tuple(any('each', 'sift'), tie('lambda')).map(([f, l]) => `$${f}(${l})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, e]) => `$reduce(${a}, function($x, $i){ ${e} })`),
    fc
      .tuple(tie('expression'), tie('primary'))
      .map(([a, i]) => `$reduce(${a}, function($x, $i){ $x & $i }, ${i})`),
    fc.tuple(tie('expression'), tie('primary')).map(([a, e]) => `$sort(${a}, function($x, $i){ ${e} })`),
    fc
      .tuple(any('match', 'contains', 'split'), tie('primary'), any(...PATTERNS))
      .map(([f, a, p]) => `$${f}(${a}, ${p})`),
    tie('primary').map((key) => `$lookup({"x": 1, "ab": null, "3": "three"}, ${key})`),
    fc.tuple(tie('primary'), any(...PATTERNS)).map(([a, p]) => `$replace(${a}, ${p}, "<$1$0>")`),
    fc.tuple(tie('primary'), tie('primary'), tie('primary')).map((args) => `$replace(${args.join(', ')})`),
    fc
      .tuple(any('string', 'uppercase', 'keys', 'boolean', 'number', 'spread'), fc.constant(''))
      .map(([f]) => `$${f}()`),
  ),
  object: form(
    'small',
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `{"p": ${a}, "q": ${b}}`),
    fc.tuple(tie('primary'), tie('expression')).map(([k, v]) => `{$string(${k}): ${v}}`),
    fc.tuple(any(...NAMES), tie('expression')).map(([k, v]) => `{${k}: ${v}}`),
  ),
})).expression;
