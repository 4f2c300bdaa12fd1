import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALL, NONE, notOf } from '../tree.ts';
import { FilterError } from './filter-error.ts';
import { parseFilter } from './parse-filter.ts';

describe('reading structured filters', () => {
  it('reads every clause', () => {
    expect(parseFilter([])).toEqual(ALL);
    expect(parseFilter([{ term: { a: 1 } }])).toEqual({ kind: 'equal', field: 'a', values: [1] });
    expect(parseFilter([{ terms: { a: [] } }])).toEqual(NONE);
    expect(parseFilter([{ ids: { values: ['x'] } }])).toEqual({ kind: 'ids', values: ['x'] });
    expect(parseFilter([{ exists: { field: 'a' } }])).toEqual({ kind: 'exists', field: 'a' });
    expect(parseFilter([{ term: { a: null } }])).toEqual(notOf({ kind: 'exists', field: 'a' }));
    expect(
      parseFilter([{ range: { a: { gt: 1, lte: '2024-01-01', time_zone: 'Europe/Berlin', lt: null } } }]),
    ).toEqual({
      kind: 'range',
      field: 'a',
      from: { value: 1, inclusive: false },
      to: { value: '2024-01-01', inclusive: true },
      timeZone: 'Europe/Berlin',
    });
  });

  it.each([
    ['dd.MM.yyyy', '05.02.2024', '2024-02-05'],
    ['d/M/uuuu', '5/2/2024', '2024-02-05'],
    ['yyyy-MM', '2024-02', '2024-02'],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSXXX", '2024-02-05T10:11:12.345+01:00', '2024-02-05T10:11:12.345+01:00'],
    ['dd.MM.yyyy HH:mm||strict_date_optional_time', '05.02.2024 10:11', '2024-02-05T10:11'],
    ['dd.MM.yyyy||strict_date_optional_time', '2024-02-05', '2024-02-05'],
  ])('reads dates written as %s', (format, gte, value) => {
    expect(parseFilter([{ range: { a: { gte, format } } }])).toMatchObject({ from: { value } });
  });

  it('combines: $and all, $or one, $not none', () => {
    const a = { kind: 'exists', field: 'a' };
    const b = { kind: 'exists', field: 'b' };
    const clauses = [{ exists: { field: 'a' } }, { exists: { field: 'b' } }];
    expect(parseFilter([{ $and: clauses }])).toEqual({ kind: 'and', clauses: [a, b] });
    expect(parseFilter([{ $or: clauses }])).toEqual({ kind: 'or', clauses: [a, b] });
    expect(parseFilter([{ $not: clauses }])).toEqual({
      kind: 'not',
      clause: { kind: 'or', clauses: [a, b] },
    });
  });

  it.each([
    [{}, 'filter'],
    [[{ script: {} }], 'filter[0]'],
    [[{ term: { a: 1 }, exists: { field: 'a' } }], 'filter[0]'],
    [[{ term: { a: 1, b: 2 } }], 'filter[0].term'],
    [[{ term: { a: {} } }], 'filter[0].term.a'],
    [[{ term: { a: '\0' } }], 'filter[0].term.a'],
    [[{ term: { 'a\ud800': 1 } }], 'filter[0].term'],
    [[{ terms: { a: 'x' } }], 'filter[0].terms.a'],
    [[{ range: { a: { gt: 1, gte: 1 } } }], 'filter[0].range.a'],
    [[{ range: { a: { from: 1 } } }], 'filter[0].range.a'],
    [[{ range: { a: { gt: 1, time_zone: 'Mars' } } }], 'filter[0].range.a.time_zone'],
    [[{ range: { a: { gt: '2024-02-05', format: 'dd.MM.yyyy' } } }], 'filter[0].range.a.gt'],
    [[{ range: { a: { gt: '1', format: 'weekyear' } } }], 'filter[0].range.a.format'],
    [[{ range: { a: { gt: '1', format: 'yyyy MM M' } } }], 'filter[0].range.a.format'],
    [[{ range: { a: { gt: '1', format: 'HH:mm' } } }], 'filter[0].range.a.format'],
    [[{ range: { a: { gt: '1', format: 7 } } }], 'filter[0].range.a.format'],
    [[{ $or: [{ ids: {} }] }], 'filter[0].$or[0].ids.values'],
  ])('refuses %j', (filter, path) => {
    expect(catchError(() => parseFilter(filter))).toMatchObject({ name: 'FilterError', path });
  });

  it('refuses what is too deep or too much', () => {
    let deep: unknown = [{ exists: { field: 'a' } }];
    for (let level = 0; level < 30; level += 1) deep = [{ $and: deep }];
    expect(() => parseFilter(deep)).toThrow(FilterError);
    const many = Array.from({ length: 101 }, () => ({ exists: { field: 'a' } }));
    expect(() => parseFilter(many, 'filters', { depth: 5, clauses: 100 })).toThrow(FilterError);
  });

  it('throws nothing but FilterError', () => {
    const keys = fc.constantFrom(
      'term',
      'terms',
      'range',
      'ids',
      'values',
      'exists',
      '$and',
      '$or',
      '$not',
      'gt',
      'a',
    );
    const anything = fc.anything({ key: keys, maxDepth: 5, withNullPrototype: false });
    fc.assert(
      fc.property(fc.array(anything), (filter) => {
        const failure = catchError(() => parseFilter(filter));
        expect(failure === undefined || failure instanceof FilterError).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

function catchError(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}
