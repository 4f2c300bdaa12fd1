import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedPayloadError } from './malformed-payload-error.ts';
import { type PayloadFormat, parsePayload } from './parse-payload.ts';

const refuses = (format: PayloadFormat, payload: unknown): void => {
  expect(() => parsePayload(format, payload)).toThrow(MalformedPayloadError);
};

describe('parsePayload (spec ERP §5)', () => {
  it('uses an object as it is and parses a string', () => {
    const payload = { a: [1, { b: null }] };
    expect(parsePayload('json', payload)).toBe(payload);
    expect(parsePayload('json', '{"a":[1,{"b":null}]}')).toEqual(payload);
    expect(parsePayload('json', '[{"a":1}]')).toEqual([{ a: 1 }]);
    expect(parsePayload('json', '{"a":1,"a":2}')).toEqual({ a: 2 });
    expect(parsePayload('xml', '<a/>')).toEqual({ a: '' });
  });

  it('refuses other roots, broken text and mixed formats', () => {
    for (const text of ['', '1', '"x"', 'null', 'true', '{', '{"a":}', '<a/>', '\ufeff{}x'])
      refuses('json', text);
    for (const value of [undefined, null, 1, true, []]) refuses('json', value);
    refuses('xml', { a: 1 });
    refuses('xml', '{"a":1}');
  });

  it('says nothing of the payload in its message', () => {
    expect(() => parsePayload('json', '{"iban": DE79990500000004711000}')).toThrow(
      'The payload is not valid JSON',
    );
  });

  it('leaves __proto__ members out without touching the argument', () => {
    const text = '{"a":1,"__proto__":{"polluted":1},"l":[{"\\u005f_proto__":2,"b":3}],"constructor":{"x":1}}';
    const given: unknown = JSON.parse(text);
    const parsed = parsePayload('json', given);
    expect(JSON.stringify(parsed)).toBe('{"a":1,"l":[{"b":3}],"constructor":{"x":1}}');
    expect(JSON.stringify(given)).toBe(JSON.stringify(JSON.parse(text)));
    expect('polluted' in {}).toBe(false);
  });

  it('accepts 200 levels and refuses more, however many', () => {
    const nest = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parsePayload('json', nest(200))).not.toThrow();
    refuses('json', nest(201));
    refuses('json', nest(1_000));
    refuses('json', nest(500_000));
  });

  it('refuses texts over 6 Mi characters in either format', () => {
    refuses('json', `"${'x'.repeat(10_000_000)}"`);
    refuses('xml', `<a>${'x'.repeat(10_000_000)}</a>`);
    expect(parsePayload('xml', `<a>${'x'.repeat(6_000_000)}</a>`)).toEqual({ a: 'x'.repeat(6_000_000) });
  });

  it('either answers or throws a MalformedPayloadError, for any text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<PayloadFormat>('json', 'xml'),
        fc.string({ unit: 'binary' }),
        (format, text) => {
          try {
            parsePayload(format, text);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedPayloadError);
          }
        },
      ),
    );
  });
});
