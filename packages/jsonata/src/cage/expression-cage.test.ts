import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { type CageOptions, ExpressionCage, ExpressionError, parseExpression } from '../index.ts';

const run = promisify(execFile);
const cages: ExpressionCage[] = [];

function openCage(options: CageOptions = {}): ExpressionCage {
  const cage = new ExpressionCage(options);
  cages.push(cage);
  return cage;
}

afterEach(async () => {
  await Promise.all(cages.splice(0).map((cage) => cage.close()));
});

/** The code a promise of an evaluation rejects with. */
async function codeOf(evaluation: () => unknown): Promise<string> {
  try {
    return `no error: ${JSON.stringify(await evaluation())}`;
  } catch (error) {
    return error instanceof ExpressionError ? error.code : String(error);
  }
}

const ENDLESS = parseExpression('($f := function($n){ $f($n + 1) }; $f(0))');
const STUCK = parseExpression('$match($$.text, /^(?=(a+)+$)b/)');
const STUCK_SCOPE = { root: { text: `${'a'.repeat(40)}!` } };
const RECURSIVE = parseExpression('($f := function($n){ $n < 2 ? 1 : $n * $f($n - 1) }; $f(n))');

describe('the cage', () => {
  it('answers compiled expressions at once and starts nothing for them', () => {
    const cage = openCage();
    expect(cage.forTenant('a').evaluate(parseExpression('a + 1'), { root: { a: 1 } })).toBe(2);
    expect(cage.statistics()).toMatchObject({ processes: 0, evaluated: 0 });
  });

  it('runs what the compiler does not cover', async () => {
    const tenant = openCage().forTenant('a');
    expect(RECURSIVE.mode).toBe('caged');
    expect(await tenant.evaluate(RECURSIVE, { root: { n: 5 } })).toBe(120);
    const parents = parseExpression('a.b.{ "b": n, "a": %.n }');
    const root = { a: { n: 1, b: [{ n: 2 }, { n: 3 }] } };
    expect(await tenant.evaluate(parents, { root })).toEqual([
      { b: 2, a: 1 },
      { b: 3, a: 1 },
    ]);
  });

  it('sees the item as $, one array item included, and the document as $$', async () => {
    const tenant = openCage().forTenant('a');
    const expression = parseExpression(
      '($f := function($x){ $x > 9 ? $f(1) : $x }; [$count($), $$.n, $f($v), n])',
    );
    expect(expression.mode).toBe('caged');
    const scope = { root: { n: 1 }, item: [{ n: 2 }, { n: 3 }], bindings: { v: 4 } };
    expect(await tenant.evaluate(expression, scope)).toEqual([2, 1, 4, 2, 3]);
  });

  it('gives plain JSON: no functions, no prototype keys, undefined for nothing', async () => {
    const tenant = openCage().forTenant('a');
    const functions = parseExpression(
      '{ "f": $sum, "g": function($x){ $x }, "a": 1, "__proto__": 1, "constructor": 2 }',
    );
    expect(await tenant.evaluate(functions, { root: {} })).toEqual({ a: 1 });
    expect(await tenant.evaluate(parseExpression('$sum'), { root: {} })).toBeUndefined();
    expect(await codeOf(() => tenant.evaluate(parseExpression('[$sum, 1/0]'), { root: {} }))).toBe(
      'EXPRESSION_RUNTIME',
    );
  });

  it('reports errors of the expression with code, position and token', async () => {
    const tenant = openCage().forTenant('a');
    const expression = parseExpression('($f := function($x){ $x > 0 ? $f($x - 1) : $x + "a" }; $f(1))');
    await expect(tenant.evaluate(expression, { root: {} })).rejects.toMatchObject({
      code: 'EXPRESSION_RUNTIME',
      jsonataCode: 'T2002',
      token: '+',
    });
  });

  it('refuses $eval and bindings that replace built-ins, compiled or not', async () => {
    const tenant = openCage().forTenant('a');
    const bindings = { sum: 1 };
    for (const source of ['$eval("1")', '[$eval("1"), $sum]']) {
      expect(await codeOf(() => tenant.evaluate(parseExpression(source), { root: {} }))).toBe(
        'EXPRESSION_RUNTIME',
      );
    }
    for (const source of ['1', '$sum']) {
      const evaluation = (): unknown => tenant.evaluate(parseExpression(source), { root: {}, bindings });
      expect(await codeOf(evaluation)).toBe('EXPRESSION_RUNTIME');
    }
  });

  it('moves a compiled expression that outgrows its steps into the cage', async () => {
    const cage = openCage();
    const expression = parseExpression('$sum($map([1..300000], function($i){ $i % 2 = 0 ? 1 : 0 }))');
    expect(expression.mode).toBe('compiled');
    const answer = cage.forTenant('a').evaluate(expression, { root: {} });
    expect(answer).toBeInstanceOf(Promise);
    const code = await codeOf(() => answer);
    expect(['no error: 150000', 'EXPRESSION_TIMEOUT']).toContain(code);
  });

  it('kills what neither ends nor can be interrupted, and goes on', async () => {
    const cage = openCage({ timeoutMs: 400 });
    const tenant = cage.forTenant('a');
    expect(STUCK.mode).toBe('caged');
    expect(await codeOf(() => tenant.evaluate(STUCK, STUCK_SCOPE))).toBe('EXPRESSION_TIMEOUT');
    expect(cage.statistics().killed).toBe(1);
    expect(await tenant.evaluate(RECURSIVE, { root: { n: 3 } })).toBe(6);
  });

  it('loses nothing but the killed expression of a batch', async () => {
    const tenant = openCage({ timeoutMs: 400 }).forTenant('a');
    const before = [1, 2, 3].map((n) => tenant.evaluate(RECURSIVE, { root: { n } }));
    const stuck = codeOf(() => tenant.evaluate(STUCK, STUCK_SCOPE));
    const after = [4, 5].map((n) => tenant.evaluate(RECURSIVE, { root: { n } }));
    expect(await Promise.all([...before, ...after])).toEqual([1, 2, 6, 24, 120]);
    expect(await stuck).toBe('EXPRESSION_TIMEOUT');
  });

  it('lets other tenants through while one attacks', async () => {
    const cage = openCage({ timeoutMs: 500, breakerKills: 1_000 });
    // Far more work than the test may take: were it served in order of arrival, the other tenant would never get an answer.
    const attacks = Array.from({ length: 200 }, () =>
      codeOf(() => cage.forTenant('attacker').evaluate(STUCK, STUCK_SCOPE)),
    );
    for (let n = 1; n <= 20; n += 1) {
      expect(await cage.forTenant('other').evaluate(RECURSIVE, { root: { n: 4 } })).toBe(24);
    }
    expect(cage.statistics().waiting).toBeGreaterThan(0);
    await cage.close();
    await Promise.all(attacks);
  });

  it('stops asking for trouble: after some kills the tenant is refused for a while', async () => {
    const cage = openCage({ timeoutMs: 200, breakerKills: 2, breakerWindowMs: 60_000 });
    const attacks = Array.from({ length: 5 }, () =>
      codeOf(() => cage.forTenant('a').evaluate(STUCK, STUCK_SCOPE)),
    );
    const codes = await Promise.all(attacks);
    expect(codes.filter((code) => code === 'EXPRESSION_TIMEOUT')).toHaveLength(2);
    expect(codes.filter((code) => code === 'EXPRESSION_LIMIT')).toHaveLength(3);
    expect(await codeOf(() => cage.forTenant('a').evaluate(RECURSIVE, { root: { n: 3 } }))).toBe(
      'EXPRESSION_LIMIT',
    );
    expect(await cage.forTenant('b').evaluate(RECURSIVE, { root: { n: 3 } })).toBe(6);
    expect(cage.statistics()).toMatchObject({ killed: 2, refused: 4 });
  });

  it('keeps its owner running while it works and not a moment longer', async () => {
    const source = `
      import { ExpressionCage, parseExpression } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
      const cage = new ExpressionCage();
      const parent = parseExpression('a.b.%.n');
      console.log(await cage.forTenant('a').evaluate(parent, { root: { a: { n: 1, b: 2 } } }), cage.statistics().processes);
      if (process.argv[1] === 'close') await cage.close();
    `;
    for (const end of ['close', 'leave']) {
      const { stdout } = await run(process.execPath, [
        '--input-type=module-typescript',
        '--eval',
        source,
        end,
      ]);
      expect(stdout).toBe('1 1\n');
    }
  });

  it('rejects what is open when it closes', async () => {
    const cage = openCage();
    const running = codeOf(() => cage.forTenant('a').evaluate(ENDLESS, { root: {} }));
    await cage.close();
    expect(await running).toBe('EXPRESSION_RUNTIME');
    expect(await codeOf(() => cage.forTenant('a').evaluate(RECURSIVE, { root: { n: 1 } }))).toBe(
      'EXPRESSION_RUNTIME',
    );
    expect(cage.statistics().processes).toBe(0);
  });
});
