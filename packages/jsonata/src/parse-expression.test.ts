import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERP_EXPRESSIONS } from './erp-expressions.ts';
import { ExpressionError, evaluateCompiled, parseExpression } from './index.ts';
import { LIMITS } from './limits.ts';
import { isRecord } from './values/json.ts';

function errorOf(source: string): unknown {
  try {
    return parseExpression(source);
  } catch (error) {
    return error;
  }
}

describe('parseExpression', () => {
  it('gives the same object for the same text', () => {
    expect(parseExpression('a.b + 1')).toBe(parseExpression('a.b + 1'));
  });

  it('forgets the expressions not used for longest', () => {
    const kept = parseExpression('kept');
    const forgotten = parseExpression('forgotten');
    for (let index = 0; index < LIMITS.cachedExpressions - 1; index += 1) {
      parseExpression(`name_${index}`);
      if (index % 500 === 0) parseExpression('kept');
    }
    expect(parseExpression('kept')).toBe(kept);
    expect(parseExpression('forgotten')).not.toBe(forgotten);
    expect(evaluateCompiled(forgotten, { root: { forgotten: 1 } })).toBe(1);
  });

  it('forgets expressions when their texts get long in all', () => {
    const first = parseExpression(`"${'x'.repeat(14_000)}"`);
    for (let index = 0; index < 80; index += 1) parseExpression(`"${index}${'y'.repeat(14_000)}"`);
    expect(parseExpression(first.source)).not.toBe(first);
  });

  it.each([
    ['a +', 'S0207', 3],
    ['a b', 'S0201', 3],
    ['"open', 'S0101', 5],
    ['{"a": 1', 'S0203', 7],
    ['$x := ', 'S0207', 6],
    ['', 'S0207', 0],
  ])('reports where %s goes wrong', (source, jsonataCode, position) => {
    expect(errorOf(source)).toMatchObject({ code: 'EXPRESSION_SYNTAX', jsonataCode, position });
    expect(errorOf(source)).toBeInstanceOf(ExpressionError);
  });

  it('answers any text with an expression or an ExpressionError', () => {
    const pieces = fc
      .constantFrom(...ERP_EXPRESSIONS)
      .chain((source) =>
        fc.tuple(fc.nat(source.length), fc.nat(source.length)).map(([from, to]) => source.slice(from, to)),
      );
    const signs = fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '?:',
      '??',
      '~>',
      '/',
      '%',
      '@$',
      '#$i',
      '|',
      '$$',
      ':=',
      'function($x){',
      '`',
      '^(',
      ';',
    );
    const texts = fc.array(fc.oneof(pieces, signs, fc.string({ maxLength: 5 })), { maxLength: 8 });
    fc.assert(
      fc.property(texts, (parts) => {
        const outcome = errorOf(parts.join(''));
        expect(outcome instanceof ExpressionError || isRecord(outcome)).toBe(true);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ExpressionError);
      }),
      { seed: 11, numRuns: 5_000 },
    );
  });

  it('reports a regular expression that is none', () => {
    expect(errorOf('$match(a, /(/)')).toMatchObject({ code: 'EXPRESSION_SYNTAX' });
    expect(errorOf('$match(a, /a{2,1}/)')).toMatchObject({ code: 'EXPRESSION_SYNTAX' });
  });

  it('accepts 15 000 characters and not one more', () => {
    const text = (length: number): string => `"${'x'.repeat(length - 2)}"`;
    expect(evaluateCompiled(parseExpression(text(15_000)), { root: {} })).toHaveLength(14_998);
    expect(errorOf(text(15_001))).toMatchObject({ code: 'EXPRESSION_LIMIT' });
  });

  it('accepts a long flat mapping with many defaults', () => {
    const fields = Array.from({ length: 300 }, (_, index) => `"f${index}": a.b${index} ?? a.c ?: "none"`);
    const result = evaluateCompiled(parseExpression(`{${fields.join(',')}}`), {
      root: { a: { c: 'c', b7: 'b' } },
    });
    expect(result).toMatchObject({ f0: 'c', f7: 'b', f299: 'c' });
  });

  it.each([
    'a.b^(c)[0]',
    '$map(a, function($v){ $v.b })',
    'a{b: $sum(c)}',
    '$replace(a, /(\\d+)-x/i, "$1")',
    '($f := function($a){ $a + 1 }; $map(a, $f))',
    'a.**.b',
  ])('compiles %s', (source) => {
    expect(parseExpression(source).mode).toBe('compiled');
  });

  it.each([
    ['a parent', 'a.b.%.c'],
    ['a context variable', 'a@$x.b[c = $x.c]'],
    ['a position variable', 'a#$i.{"i": $i}'],
    ['a transform', '$ ~> |a|{"b": 1}|'],
    ['a partial application', '$map(a, $substring(?, 0, 2))'],
    ['a function signature', '(λ($x)<n:n>{ $x }(1))'],
    ['a recursive function', '($f := function($n){ $n = 0 ? 0 : $f($n - 1) }; $f(3))'],
    ['a function as a value', '[$sum]'],
    ['a composed function', '$map(a, $trim ~> $uppercase)'],
    ['a look-ahead', '$match(a, /a(?=b)/)'],
    ['a back reference', '$match(a, /(a)\\1/)'],
    ['a repeated capturing group', '$match(a, /(ab)+/)'],
    ['a conditional assignment', '(a ? $x := 1; $x)'],
    ['a replacing function', '$replace(a, /b/, function($m){ $m.match })'],
  ])('leaves %s to the cage', (_name, source) => {
    expect(parseExpression(source).mode).toBe('caged');
    expect(() => evaluateCompiled(parseExpression(source), { root: {} })).toThrow(ExpressionError);
  });
});
