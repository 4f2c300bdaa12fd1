import { describe, expect, it } from 'vitest';
import { mapConfigured } from '../testing/map-configured.ts';

const reading = (overrides: object = {}) => ({
  jsonataExpression: 'list',
  meter: { unique_ids: [{ attribute: 'number', field: 'm' }] },
  meter_counter: { unique_ids: [{ attribute: 'external_id', field: 'c' }] },
  fields: [
    { attribute: 'external_id', field: 'id' },
    { attribute: 'timestamp', field: 't' },
    { attribute: 'source', constant: 'ERP' },
    { attribute: 'value', field: 'v' },
  ],
  ...overrides,
});

const entry = (overrides: object = {}) => ({
  m: 'M1',
  c: 'C1',
  id: 'r1',
  t: '2025-01-14',
  v: '12.5',
  ...overrides,
});

async function outcome(configured: object, payload: unknown) {
  const result = await mapConfigured({ meter_readings: [configured] }, payload);
  return {
    updates: result.readingUpdates,
    scopes: result.readingPruneScopes,
    problems: result.problems.map(({ severity, code, field, site }) => [
      severity,
      code,
      field,
      site.entitySchema,
    ]),
  };
}

describe('meter readings', () => {
  it('carry what was mapped and, beside it, the checked values', async () => {
    const { updates, problems } = await outcome(reading({ reading_matching: 'strict-date' }), {
      list: entry(),
    });
    expect(problems).toEqual([]);
    expect(updates).toEqual([
      {
        index: 0,
        mapping: 0,
        item: 0,
        mode: 'upsert',
        matching: 'strict-date',
        meter: { values: { number: 'M1' }, types: {} },
        meterCounter: { values: { external_id: 'C1' }, types: {} },
        attributes: { external_id: 'r1', timestamp: '2025-01-14', source: 'ERP', value: '12.5' },
        reading: {
          ok: true,
          value: {
            externalId: 'r1',
            timestamp: { text: '2025-01-14T00:00:00.000Z', instant: Date.UTC(2025, 0, 14) },
            source: 'ERP',
            value: 12.5,
            reason: null,
            direction: undefined,
            others: {},
          },
        },
      },
    ]);
  });

  it('are left out without a usable meter and listed without a usable counter', async () => {
    const { updates, problems } = await outcome(reading(), { list: [entry({ m: '' }), entry({ c: null })] });
    expect(updates.map(({ item, meterCounter }) => [item, meterCounter])).toEqual([[1, undefined]]);
    expect(problems).toEqual([
      ['error', 'MISSING_UNIQUE_IDENTIFIERS', 'meter', 'meter_reading'],
      ['warning', 'MISSING_UNIQUE_IDENTIFIERS', 'meter_counter', 'meter_reading'],
    ]);
  });

  it('are listed with every value the metering store would refuse', async () => {
    const { updates, problems } = await outcome(reading(), {
      list: entry({ id: ' ', t: '14.01.2025', v: '1,5' }),
    });
    expect(updates[0]?.reading.ok).toBe(false);
    expect(problems.map(([, code, field]) => [code, field])).toEqual([
      ['INVALID_METER_READING_ATTRIBUTES', 'external_id'],
      ['INVALID_METER_READING_ATTRIBUTES', 'timestamp'],
      ['INVALID_METER_READING_ATTRIBUTES', 'value'],
    ]);
  });

  it('to delete need only what they are found by', async () => {
    const byId = { mode: 'delete', fields: [{ attribute: 'external_id', field: 'id' }] };
    const byDay = {
      mode: 'delete',
      reading_matching: 'strict-date',
      fields: [{ attribute: 'timestamp', field: 't' }],
    };
    expect((await outcome(reading(byId), { list: entry() })).problems).toEqual([]);
    expect((await outcome(reading(byDay), { list: entry() })).updates[0]).toMatchObject({
      mode: 'delete',
      reading: {
        ok: true,
        value: { externalId: undefined, timestamp: { text: '2025-01-14T00:00:00.000Z' } },
      },
    });
    expect((await outcome(reading(byId), { list: entry({ id: null }) })).problems).toEqual([
      ['error', 'INVALID_METER_READING_ATTRIBUTES', 'external_id', 'meter_reading'],
    ]);
  });
});

describe('pruning readings (spec ERP §6.13)', () => {
  const prune = { mode: 'upsert-prune-scope', scope: { source: 'ERP' } };

  it('groups by meter and counter, comparing identifiers as text', async () => {
    const list = [entry({ m: 1, id: 1 }), entry({ m: '1', id: 'r2' }), entry({ m: 1, c: 'C2', id: 3 })];
    const { scopes } = await outcome(reading(prune), { list });
    expect(scopes.map((scope) => [scope.meterCounter?.values, scope.keepExternalIds, scope.source])).toEqual([
      [{ external_id: 'C1' }, ['1', 'r2'], 'ERP'],
      [{ external_id: 'C2' }, ['3'], 'ERP'],
    ]);
  });

  it('looks for meter and counter in the payload when there are no readings', async () => {
    const whole = await outcome(reading({ ...prune, scope: undefined }), { list: [], m: 'M1', c: 'C1' });
    expect(whole.scopes).toMatchObject([
      {
        meter: { values: { number: 'M1' } },
        meterCounter: { values: { external_id: 'C1' } },
        keepExternalIds: [],
      },
    ]);
    expect(whole.scopes[0]?.source).toBeUndefined();
    const none = await outcome(reading(prune), { list: [], m: 'M1' });
    expect(none.scopes).toEqual([]);
    expect(none.problems).toEqual([['warning', 'PRUNE_SCOPE_PARTIAL_FAILURE', 'scope', 'meter_reading']]);
  });

  it.each([[{ m: '' }], [{ c: '' }], [{ v: 'x' }]])('is withheld for a reading with %j', async (broken) => {
    const { scopes, problems } = await outcome(reading(prune), { list: [entry(), entry(broken)] });
    expect(scopes).toEqual([]);
    expect(problems.map(([, , field]) => field)).toContain('scope');
  });

  it('is withheld when the expression failed', async () => {
    const { scopes } = await outcome(reading({ ...prune, jsonataExpression: '$error()' }), {
      m: 'M1',
      c: 'C1',
    });
    expect(scopes).toEqual([]);
  });
});
