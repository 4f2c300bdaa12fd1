import { ExpressionCage } from '@busbar/jsonata';
import { describe, expect, it } from 'vitest';
import { MappingConfigurationError } from '../configuration/mapping-configuration-error.ts';
import { mapPayload } from '../map-payload.ts';
import { compileVersionedMapping } from './compile-versioned-mapping.ts';

const evaluator = new ExpressionCage().forTenant('test');

function codes(configuration: unknown, type = 'T'): unknown {
  try {
    compileVersionedMapping(configuration, type);
    return [];
  } catch (error) {
    if (!(error instanceof MappingConfigurationError)) throw error;
    return error.issues.map(({ path, code }) => [path, code]);
  }
}

const objects = (type: object, version?: string) => ({
  ...(version ? { version } : {}),
  mapping: { objects: { T: type } },
});

describe('mapping version 1.0 (spec ERP §6.14)', () => {
  it('makes one upsert per entity slug in the order of unique_ids; paths follow §6.4', async () => {
    const plan = compileVersionedMapping(
      objects({
        unique_ids: { meter: { '$.m.nr': 'number', k: 'key' }, contract: ['id'] },
        fields: [
          { entity: 'contract', attribute: 'id', field: 'v' },
          { entity: 'meter', attribute: 'place', jsonataExpression: 'm.place' },
        ],
      }),
      'T',
    );
    const result = await mapPayload(plan, { v: 1, k: 'x', m: { nr: 'N', place: 'cellar' } }, { evaluator });
    expect(
      result.entityUpdates.map(({ entitySchema, uniqueIdentifiers, attributes, mode }) => [
        entitySchema,
        uniqueIdentifiers,
        attributes,
        mode,
      ]),
    ).toEqual([
      ['meter', { number: 'N', key: 'x' }, { place: 'cellar' }, 'upsert'],
      ['contract', { id: 1 }, { id: 1 }, 'upsert'],
    ]);
  });

  it('drops an update whose identifier is not usable', async () => {
    const plan = compileVersionedMapping(
      objects({ unique_ids: { meter: { nr: 'number' } }, fields: [] }),
      'T',
    );
    const result = await mapPayload(plan, { nr: null }, { evaluator });
    expect(result.entityUpdates).toEqual([]);
    expect(result.problems.map(({ code, field }) => [code, field])).toEqual([
      ['MISSING_UNIQUE_IDENTIFIERS', 'number'],
    ]);
  });

  it('refuses fields of an entity without unique_ids, empty and unmapped identifiers', () => {
    expect(
      codes(
        objects({
          unique_ids: { a: [], b: {}, c: ['x'], d: { '$.[': 'y' } },
          fields: [
            { entity: 'e', attribute: 'x', field: 'x' },
            { entity: 'a', attribute: 'z' },
          ],
        }),
      ),
    ).toEqual([
      ['mapping.objects.T.fields[0].entity', 'REQUIRED'],
      ['mapping.objects.T.fields[1]', 'SOURCE_MISSING'],
      ['mapping.objects.T.unique_ids.a', 'REQUIRED'],
      ['mapping.objects.T.unique_ids.b', 'REQUIRED'],
      ['mapping.objects.T.unique_ids.c[0]', 'UNIQUE_ID_UNMAPPED'],
      ['mapping.objects.T.unique_ids.d.$.[', 'JSONPATH_SYNTAX'],
    ]);
  });

  it('knows object types by their own keys only', () => {
    const empty = { unique_ids: {}, fields: [] };
    expect(codes(objects(empty, '1.0'))).toEqual([]);
    for (const type of ['constructor', '__proto__', 'X']) {
      expect(codes(objects(empty), type)).toEqual([['mapping.objects', 'OBJECT_TYPE_UNKNOWN']]);
    }
  });

  it('refuses other versions and the wrong container', () => {
    expect(codes({ version: '3.0', mapping: { objects: {} } })).toContainEqual(['version', 'INVALID_VALUE']);
    expect(codes({ version: '2.0', mapping: { objects: {} } })).toContainEqual([
      'mapping.events',
      'REQUIRED',
    ]);
    expect(codes(null)).toEqual([['', 'REQUIRED']]);
    expect(codes({})).toEqual([['mapping', 'REQUIRED']]);
  });
});

describe('mapping version 2.0, wrapped', () => {
  it('validates every event and answers the plan of one', () => {
    const events = { T: { entities: [] }, U: { entities: [{ mode: 'upsert' }] } };
    expect(codes({ version: '2.0', mapping: { events } })).toContainEqual([
      'mapping.events.U.entities[0].entity_schema',
      'REQUIRED',
    ]);
  });
});
