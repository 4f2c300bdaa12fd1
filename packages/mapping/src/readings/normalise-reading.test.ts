import { describe, expect, it } from 'vitest';
import { normaliseReading, normaliseReadingKey } from './normalise-reading.ts';
import { parseReadingTimestamp } from './reading-timestamp.ts';

const good = { external_id: 'r', timestamp: '2025-01-14', source: 'ERP', value: 1 };

function refused(overrides: object): string[] {
  const checked = normaliseReading({ ...good, ...overrides });
  return checked.ok ? [] : checked.violations.map(({ attribute }) => attribute);
}

describe('normaliseReading (spec ERP §9.2)', () => {
  it.each([
    [{ external_id: 12 }, 'externalId', '12'],
    [{ value: '12.50' }, 'value', 12.5],
    [{ value: '-3' }, 'value', -3],
    [{ value: 0 }, 'value', 0],
    [{ source: 'journey-submission' }, 'source', 'journey-submission'],
    [{ source: '360' }, 'source', '360'],
    [{ reason: '' }, 'reason', null],
    [{ reason: null }, 'reason', null],
    [{ reason: 'meter_change' }, 'reason', 'meter_change'],
    [{ direction: 'feed-in' }, 'direction', 'feed-in'],
    [{ unit: 'kWh', extra: { a: 1 } }, 'others', { unit: 'kWh', extra: { a: 1 } }],
  ])('accepts %j', (overrides, member, expected) => {
    const checked = normaliseReading({ ...good, ...overrides });
    expect(checked).toMatchObject({ ok: true, value: { [member]: expected } });
  });

  it.each([
    ['external_id', [undefined, null, '', '  ', true, {}, Number.NaN]],
    [
      'timestamp',
      [undefined, null, 1_736_812_800, '14.01.2025', '2025-02-29', '2025-13-01', '2025-01-14 10:00:00'],
    ],
    ['source', [undefined, null, 'erp', 'MDM', 360]],
    ['value', [undefined, null, '', '12,5', '1e3', '0x10', ' 1', 'NaN', Number.POSITIVE_INFINITY, true, [1]]],
    ['reason', ['Turnus', 'Regular', 0, false]],
    ['direction', ['feed', 1]],
  ])('refuses %s', (attribute, values) => {
    for (const value of values) expect(refused({ [attribute]: value }), String(value)).toEqual([attribute]);
  });

  it('lists every violation with the code of the metering store', () => {
    const checked = normaliseReading({});
    expect(checked.ok ? [] : checked.violations.map(({ code, attribute }) => [code, attribute])).toEqual(
      ['external_id', 'timestamp', 'source', 'value'].map((each) => [
        'INVALID_METER_READING_ATTRIBUTES',
        each,
      ]),
    );
  });
});

describe('parseReadingTimestamp', () => {
  it.each([
    ['2025-01-14', '2025-01-14T00:00:00.000Z', '2025-01-14T00:00:00.000Z'],
    ['2025-01-14T23:30:00', '2025-01-14T23:30:00Z', '2025-01-14T23:30:00.000Z'],
    ['2025-01-14T23:30:00.5', '2025-01-14T23:30:00.5Z', '2025-01-14T23:30:00.500Z'],
    ['2025-01-14T23:30:00Z', '2025-01-14T23:30:00Z', '2025-01-14T23:30:00.000Z'],
    ['2025-07-01T00:00:00.123+02:00', '2025-07-01T00:00:00.123+02:00', '2025-06-30T22:00:00.123Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z', '2024-02-29T00:00:00.000Z'],
  ])('%s', (given, text, instant) => {
    expect(parseReadingTimestamp(given)).toEqual({ text, instant: Date.parse(instant) });
  });

  it.each([
    '2025-1-4',
    '2025-02-30',
    '1900-02-29',
    '2025-00-10',
    '2025-01-00',
    '2025-01-14T24:00:00',
    '2025-01-14T10:60:00',
    '2025-01-14T10:00',
    '2025-01-14T10:00:00z',
    '2025-01-14T10:00:00+0200',
    '2025-01-14Z',
    ' 2025-01-14',
    '2025-01-14\n',
  ])('refuses %j', (given) => {
    expect(parseReadingTimestamp(given)).toBeUndefined();
  });
});

describe('normaliseReadingKey (spec ERP §9.4)', () => {
  it('needs an external id, or with strict-date a day', () => {
    expect(normaliseReadingKey({ external_id: 1 }, 'external_id')).toMatchObject({
      ok: true,
      value: { externalId: '1' },
    });
    expect(normaliseReadingKey({ timestamp: '2025-01-14' }, 'external_id').ok).toBe(false);
    expect(normaliseReadingKey({ timestamp: '2025-01-14' }, 'strict-date').ok).toBe(true);
    expect(normaliseReadingKey({ timestamp: 'x' }, 'strict-date')).toMatchObject({
      ok: false,
      violations: [{ attribute: 'timestamp' }],
    });
    expect(normaliseReadingKey({}, 'strict-date')).toMatchObject({
      ok: false,
      violations: [{ attribute: 'external_id' }],
    });
    expect(normaliseReadingKey({ external_id: 'r', value: 'broken' }, 'external_id').ok).toBe(true);
  });
});
