import { describe, expect, it } from 'vitest';
import { ExpressionError, evaluateCompiled, parseExpression } from './index.ts';

function codeOf(source: string, root: unknown = {}): string | undefined {
  try {
    evaluateCompiled(parseExpression(source), { root });
    return undefined;
  } catch (error) {
    return error instanceof ExpressionError ? error.code : 'another error';
  }
}

describe('evaluateCompiled', () => {
  it('stops at the same step every time', () => {
    expect(codeOf('$count($map([1..200000], function($i){ $i }))')).toBeUndefined();
    for (let run = 0; run < 3; run += 1) {
      expect(codeOf('$count($map([1..2000000], function($i){ $i }))')).toBe('EXPRESSION_TIMEOUT');
    }
  });

  it('counts work hidden in built-ins', () => {
    const root = { text: 'x'.repeat(1_000_000), list: Array.from({ length: 100_000 }, (_, index) => index) };
    expect(codeOf('$length(text)', root)).toBeUndefined();
    for (const work of [
      '$length($$.text)',
      '$$.text = $$.text & ""',
      '$sum($$.list)',
      '$reverse($$.list)',
      '$contains($$.text, /y/)',
    ]) {
      expect(codeOf(`$count($map([1..1000], function($i){ ${work} }))`, root)).toMatch(/TIMEOUT|LIMIT/);
    }
  });

  it('runs a large but honest mapping', () => {
    const root = { rows: Array.from({ length: 5_000 }, (_, id) => ({ id, value: id * 2, unit: 'kWh' })) };
    const source =
      'rows.{ "external_id": "row-" & id, "value": value / 2, "unit": unit = "kWh" ? "kwh" : unit }';
    const result = evaluateCompiled(parseExpression(source), { root });
    expect(result).toHaveLength(5_000);
    expect(result).toHaveProperty([4_999], { external_id: 'row-4999', value: 4_999, unit: 'kwh' });
  });

  it('works on frozen documents and leaves shared parts as they are', () => {
    const address = Object.freeze({ city: 'Köln' });
    const root = Object.freeze({ address, tags: Object.freeze(['b', 'a']) });
    const source =
      '{ "address": address, "sorted": $sort(tags), "merged": $merge([address, { "zip": "1" }]) }';
    const result = evaluateCompiled(parseExpression(source), { root });
    expect(result).toEqual({ address, sorted: ['a', 'b'], merged: { city: 'Köln', zip: '1' } });
    expect(root).toEqual({ address: { city: 'Köln' }, tags: ['b', 'a'] });
  });

  it('keeps evaluations apart', () => {
    const expression = parseExpression('($x := a; $f := function($y){ $x + $y }; $map([1, 2], $f))');
    expect(evaluateCompiled(expression, { root: { a: 10 } })).toEqual([11, 12]);
    expect(evaluateCompiled(expression, { root: { a: 20 } })).toEqual([21, 22]);
    expect(evaluateCompiled(expression, { root: {} })).toBeUndefined();
  });

  it('names position, token and reference code of an error', () => {
    const evaluate = (source: string) => (): unknown =>
      evaluateCompiled(parseExpression(source), { root: {} });
    expect(evaluate('1 + "a"')).toThrow(
      expect.objectContaining({ code: 'EXPRESSION_RUNTIME', jsonataCode: 'T2002', position: 3, token: '+' }),
    );
    expect(evaluate('$number("x")')).toThrow(
      expect.objectContaining({ code: 'EXPRESSION_RUNTIME', jsonataCode: 'D3030', token: 'number' }),
    );
    expect(evaluate('$error("Bitte Zählernummer angeben")')).toThrow('Bitte Zählernummer angeben');
  });
});
