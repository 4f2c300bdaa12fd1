import { ExpressionError, type ExpressionErrorDetail } from '../expression-error.ts';
import { isRecord } from '../values/json.ts';

/** Short wording per reference code, for people who wrote the expression; `@` stands for the operator or function. */
const WORDING: Readonly<Record<string, string>> = {
  D1001: 'A number is out of range',
  D1002: 'Only a number can be negated',
  D1009: 'Two keys of an object expression have the same value',
  T1003: 'The key of an object must be a string',
  T1005: '@ is not a function; a function name starts with $',
  T1006: '@ is not a function',
  T2001: 'The left side of @ must be a number',
  T2002: 'The right side of @ must be a number',
  T2003: 'The left side of @ must be an integer',
  T2004: 'The right side of @ must be an integer',
  T2006: 'The right side of ~> must be a function',
  T2007: 'Values to order by must be of one type',
  T2008: 'Values to order by must be numbers or strings',
  T2009: 'Both sides of @ must be of one type',
  T2010: 'Both sides of @ must be numbers or strings',
  T0410: 'An argument of @ has the wrong type',
  T0411: 'The context value does not suit @',
  T0412: 'An array given to @ holds values of the wrong type',
  D1004: 'A regular expression matches the empty string without end',
  D2014: 'A range is too long',
  D3001: 'A number out of range cannot become a string',
  D3030: 'The value cannot become a number',
  D3060: 'The square root of a negative number is not defined',
  D3061: 'A power is out of range',
  D3070: 'Sorting without a function needs numbers only or strings only',
  D3110: 'The value is not an ISO 8601 timestamp',
  D3138: 'More than one item matches',
  D3139: 'No item matches',
};

/** An error the expression itself caused at run time, under the reference implementation's code. */
export function runtimeError(jsonataCode: string, detail: ExpressionErrorDetail = {}): ExpressionError {
  const wording = WORDING[jsonataCode] ?? 'The expression failed';
  const message = `${wording.replace('@', () => detail.token ?? 'the value')} (${jsonataCode})`;
  return new ExpressionError('EXPRESSION_RUNTIME', message, { ...detail, jsonataCode });
}

/**
 * Whatever was thrown during an evaluation as ExpressionError. The reference implementation throws plain objects with `code`;
 * a RangeError is a stack or size exhausted.
 */
export function toExpressionError(thrown: unknown, detail: ExpressionErrorDetail = {}): ExpressionError {
  if (thrown instanceof ExpressionError) return thrown;
  if (thrown instanceof RangeError && /stack|length|size/i.test(thrown.message)) {
    return new ExpressionError(
      'EXPRESSION_LIMIT',
      'The expression nests too deeply or grows too large',
      detail,
    );
  }
  if (!isRecord(thrown) || typeof thrown.code !== 'string') {
    const message = thrown instanceof Error ? thrown.message : 'The expression failed';
    return new ExpressionError('EXPRESSION_RUNTIME', message, detail);
  }
  const known: ExpressionErrorDetail = {
    ...detail,
    ...(typeof thrown.position === 'number' ? { position: thrown.position } : {}),
    ...(typeof thrown.token === 'string' ? { token: thrown.token } : {}),
  };
  if (thrown.code === 'D1012') {
    return new ExpressionError('EXPRESSION_TIMEOUT', 'The expression takes too long', {
      ...known,
      jsonataCode: 'D1012',
    });
  }
  if (thrown.code === 'D1011' || thrown.code === 'D2014' || thrown.code === 'D2015') {
    return new ExpressionError('EXPRESSION_LIMIT', 'The expression nests too deeply or grows too large', {
      ...known,
      jsonataCode: thrown.code,
    });
  }
  // $error and $assert bring the words of whoever wrote the expression.
  if ((thrown.code === 'D3137' || thrown.code === 'D3141') && typeof thrown.message === 'string') {
    return new ExpressionError('EXPRESSION_RUNTIME', thrown.message.slice(0, 1_000), {
      ...known,
      jsonataCode: thrown.code,
    });
  }
  return runtimeError(thrown.code, known);
}
