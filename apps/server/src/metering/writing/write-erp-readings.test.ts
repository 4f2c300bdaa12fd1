import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { bringCoreSchemas, EntityGraph, findEntity, type WriteOptions } from '../../entities/index.ts';
import { createSettableClock } from '../../ports/index.ts';
import { sql, type Tenant } from '../../storage/index.ts';
import { testDatabase, testOrganisation } from '../../testing/test-database.ts';
import { Metering } from '../metering.ts';
import type { Direction, Reading, ReadingPlace, Source } from '../reading.ts';
import { listReadings } from '../store/list-readings.ts';
import type { ErpWrite } from './erp-write.ts';
import type { Matching } from './match-reading.ts';

const ERP: WriteOptions = { source: { kind: 'erp', actor: { type: 'system' } } };
const ORIGIN = { integrationId: 'integration-1', eventId: 'event-1' };
const clock = createSettableClock(new Date('2026-03-01T10:00:00.000Z'));
const graph = new EntityGraph({ clock });
const metering = new Metering({ graph, clock });
let tenant: Tenant;

beforeAll(async () => {
  tenant = (await testDatabase()).tenant(testOrganisation());
  await tenant.transaction((tx) => bringCoreSchemas(tx, clock.now()));
});

async function place(direction: Direction = 'feed-out'): Promise<ReadingPlace & { counterId: string }> {
  return tenant.transaction(async (tx) => {
    const counter = await graph.create(tx, { schema: 'meter_counter', attributes: { direction } }, ERP);
    const link = { $relation: [{ entity_id: counter.entity.id }] };
    const meter = await graph.create(tx, { schema: 'meter', attributes: { counters: link } }, ERP);
    return { meterId: meter.entity.id, counterId: counter.entity.id };
  });
}

interface Wish {
  readonly id: string;
  readonly at: string;
  readonly value?: number;
  readonly source?: Source;
  readonly others?: Record<string, unknown>;
  readonly direction?: Direction;
  readonly matching?: Matching;
}

function upsert(at: ReadingPlace, wish: Wish): ErpWrite {
  const {
    id,
    value = 100,
    source = 'ERP',
    others = {},
    direction = 'feed-out',
    matching = 'external_id',
  } = wish;
  const timestamp = { instant: Date.parse(wish.at) };
  const reading = { externalId: id, timestamp, source, value, reason: null, others };
  return { mode: 'upsert', place: at, matching, reading, direction };
}

const write = (...writes: ErpWrite[]) => tenant.transaction((tx) => metering.write(tx, writes, ORIGIN));
const outcomes = async (...writes: ErpWrite[]) => (await write(...writes)).map(({ outcome }) => outcome);

async function stored(at: ReadingPlace): Promise<readonly Reading[]> {
  const [from, until] = [new Date('1900-01-01'), new Date('2200-01-01')];
  const query = {
    place: at,
    from,
    until,
    type: 'cumulative',
    sort: 'asc',
    offset: 0,
    size: undefined,
  } as const;
  return (await listReadings(tenant, query)).readings;
}

describe('matching by external id', () => {
  it('updates the reading of the same meter and counter, else creates one', async () => {
    const [here, there] = [await place(), await place()];
    expect(await outcomes(upsert(here, { id: '7', at: '2025-01-15', value: 1 }))).toEqual(['written']);
    const again = upsert(here, { id: '7', at: '2025-01-16T08:00:00Z', value: 2 });
    expect(await outcomes(again, again, upsert(there, { id: '7', at: '2025-01-15', value: 3 }))).toEqual([
      'written',
      'unchanged',
      'written',
    ]);
    expect(await stored(here)).toMatchObject([
      { externalId: '7', value: 2, timestamp: new Date('2025-01-16T08:00:00Z') },
    ]);
    expect(await stored(there)).toMatchObject([{ externalId: '7', value: 3 }]);
  });

  it('takes over a reading without an external id at the same instant and direction', async () => {
    const here = await place();
    await write(
      upsert(here, { id: 'x', at: '2025-01-15', value: 10, source: 'ECP', others: { remark: 'cellar' } }),
    );
    await tenant.run(
      sql`update reading set external_id = null where org_id = ${tenant.org} and meter_id = ${here.meterId}`,
    );
    await write(
      upsert(here, { id: 'in', at: '2025-01-15', value: 4, direction: 'feed-in' }),
      upsert(here, { id: 'out', at: '2025-01-15', value: 11 }),
      upsert(here, { id: 'second', at: '2025-01-15', value: 12 }),
    );
    const readings = await stored(here);
    expect(readings).toHaveLength(3);
    expect(readings.find(({ externalId }) => externalId === 'out')).toMatchObject({
      value: 11,
      source: 'ERP',
      details: { remark: 'cellar' },
    });
  });

  it('lets the last of several with one match win', async () => {
    const here = await place();
    const values = [5, 7, 6].map((value) => upsert(here, { id: '1', at: '2025-02-01', value }));
    expect(await outcomes(...values)).toEqual(['written', 'written', 'written']);
    expect(await stored(here)).toMatchObject([{ value: 6 }]);
  });
});

describe('matching by the German day', () => {
  const day = (at: ReadingPlace, id: string, instant: string, value: number) =>
    upsert(at, { id, at: instant, value, matching: 'strict-date' });

  it.each([
    ['winter', '2025-01-14T23:30:00Z', '2025-01-15', 1],
    ['winter, the evening before', '2025-01-14T22:59:59.999Z', '2025-01-15', 2],
    ['summer', '2025-07-14T22:30:00Z', '2025-07-15', 1],
    ['summer, the evening before', '2025-07-14T21:59:59.999Z', '2025-07-15', 2],
    ['the night summer time begins', '2025-03-29T23:00:00Z', '2025-03-30T21:59:59Z', 1],
    ['the night summer time ends', '2025-10-25T22:00:00Z', '2025-10-26T22:59:59Z', 1],
    ['the day after summer time ends', '2025-10-26T23:00:00Z', '2025-10-26T22:59:59Z', 2],
  ])('%s', async (_name, first, second, count) => {
    const here = await place();
    await write(day(here, 'a', first, 1), day(here, 'b', second, 2));
    const readings = await stored(here);
    expect(readings).toHaveLength(count);
    expect(readings.find(({ externalId }) => externalId === 'b')).toMatchObject({ value: 2 });
  });

  it('prefers the external id, and writes nothing when the day is ambiguous', async () => {
    const here = await place();
    await write(
      upsert(here, { id: 'a', at: '2025-01-15T06:00:00Z', value: 1 }),
      upsert(here, { id: 'b', at: '2025-01-15T18:00:00Z', value: 2 }),
    );
    expect(await write(day(here, 'c', '2025-01-15', 9), day(here, 'b', '2025-01-15', 3))).toMatchObject([
      { outcome: 'refused', code: 'UNIQUE_ID_MULTIPLE_MATCHES' },
      { outcome: 'written' },
    ]);
    expect((await stored(here)).map(({ externalId, value }) => [externalId, value])).toEqual([
      ['b', 3],
      ['a', 1],
    ]);
  });
});

describe('deleting', () => {
  const remove = (
    at: ReadingPlace,
    externalId?: string,
    day?: string,
    matching: Matching = 'external_id',
  ): ErpWrite => {
    const timestamp = day === undefined ? undefined : { instant: Date.parse(day) };
    return { mode: 'delete', place: at, matching, key: { externalId, timestamp } };
  };

  it('is by external id, with strict-date then by day', async () => {
    const here = await place();
    await write(upsert(here, { id: 'a', at: '2025-01-15' }), upsert(here, { id: 'b', at: '2025-01-16' }));
    expect(
      await outcomes(
        remove(here, 'nobody', '2025-01-15'),
        remove(here, 'a'),
        remove(here, undefined, '2025-01-15T23:10:00Z', 'strict-date'),
        remove(here, 'b'),
      ),
    ).toEqual(['absent', 'deleted', 'deleted', 'absent']);
    expect(await stored(here)).toEqual([]);
  });

  it('prunes what is not kept; without a source, readings without external id stay', async () => {
    const here = await place();
    await write(
      upsert(here, { id: 'a', at: '2025-01-15' }),
      upsert(here, { id: 'b', at: '2025-01-16' }),
      upsert(here, { id: 'c', at: '2025-01-17', source: 'ECP' }),
      upsert(here, { id: 'd', at: '2025-01-18' }),
    );
    await tenant.run(sql`
      update reading set external_id = null
       where org_id = ${tenant.org} and meter_id = ${here.meterId} and external_id = 'd'`);
    const prune = (externalIds: string[], source?: Source) =>
      tenant.transaction((tx) => metering.prune(tx, here, { externalIds, source }));
    expect(await prune(['a', 'c'])).toBe(1);
    expect(await prune(['a'], 'ERP')).toBe(1);
    expect(await prune([])).toBe(2);
    expect(await stored(here)).toEqual([]);
  });
});

describe('values', () => {
  it('keeps what the ERP sends beside the known members, and takes typed members as text', async () => {
    const here = await place();
    const others = {
      read_by: 4711,
      unit: 'kWh',
      zaehlwerk: { art: 'HT' },
      metadata: { a: 1, b: null },
      remark: null,
    };
    await write(upsert(here, { id: '1', at: '2025-01-15', value: 240.1, others }));
    expect(await stored(here)).toMatchObject([
      {
        value: 240.1,
        status: 'valid',
        details: { read_by: '4711', unit: 'kWh', zaehlwerk: { art: 'HT' }, metadata: { a: '1' } },
      },
    ]);
  });

  it.each([
    ['an unknown status', { others: { status: 'maybe' } }],
    ['a year before 1900', { at: '1899-12-31' }],
    ['NUL', { others: { remark: 'a\u0000b' } }],
    ['half of a surrogate pair', { others: { remark: 'a\ud800' } }],
  ])('refuses %s and writes the others', async (_name, wrong) => {
    const here = await place();
    const results = await write(
      upsert(here, { id: '1', at: '2025-01-15', ...wrong }),
      upsert(here, { id: '2', at: '2025-01-15', others: { remark: 'a literal \\u0000 is fine, 😀 too' } }),
    );
    expect(results).toMatchObject([
      { outcome: 'refused', code: 'INVALID_METER_READING_ATTRIBUTES' },
      { outcome: 'written' },
    ]);
  });
});

describe('the counter', () => {
  const shown = async (id: string) => {
    const { last_reading, current_consumption } = (await findEntity(tenant, id))?.doc ?? {};
    return { last_reading, current_consumption };
  };

  it('shows its newest plausible reading', async () => {
    const here = await place();
    await write(upsert(here, { id: '2', at: '2025-02-01', value: 20.5 }));
    await write(upsert(here, { id: '1', at: '2025-01-01', value: 10 }));
    const newest = { last_reading: '2025-02-01T00:00:00.000Z', current_consumption: 20.5 };
    expect(await shown(here.counterId)).toEqual(newest);
    await write(upsert(here, { id: '3', at: '2025-03-01', value: 99, others: { status: 'implausible' } }));
    expect(await shown(here.counterId)).toEqual(newest);
    await tenant.transaction((tx) => metering.prune(tx, here, { externalIds: ['1'], source: undefined }));
    expect(await shown(here.counterId)).toMatchObject({ current_consumption: 10 });
    await tenant.transaction((tx) => metering.prune(tx, here, { externalIds: [], source: undefined }));
    expect(await shown(here.counterId)).toEqual({ last_reading: undefined, current_consumption: undefined });
  });
});

describe('many writes', () => {
  const instants = [
    '2025-01-14T22:30:00Z',
    '2025-01-14T23:30:00Z',
    '2025-01-15T12:00:00Z',
    '2025-01-16T00:00:00Z',
  ];
  const wishes = fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    at: fc.constantFrom(...instants),
    value: fc.integer({ min: 0, max: 9 }),
    direction: fc.constantFrom<Direction>('feed-in', 'feed-out'),
    matching: fc.constantFrom<Matching>('external_id', 'strict-date'),
    isDelete: fc.boolean(),
  });

  it('give the same readings and answers however they are cut into calls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(wishes, { minLength: 1, maxLength: 12 }), fc.nat(11), async (list, cut) => {
        const [together, apart] = [await place(), await place()];
        const writeOf = (at: ReadingPlace, { isDelete, ...wish }: (typeof list)[number]): ErpWrite => {
          if (!isDelete) return upsert(at, wish);
          const timestamp = { instant: Date.parse(wish.at) };
          return {
            mode: 'delete',
            place: at,
            matching: wish.matching,
            key: { externalId: wish.id, timestamp },
          };
        };
        const answers = await write(...list.map((wish) => writeOf(together, wish)));
        const first = await write(...list.slice(0, cut).map((wish) => writeOf(apart, wish)));
        const second = await write(...list.slice(cut).map((wish) => writeOf(apart, wish)));
        expect([...first, ...second]).toEqual(answers);
        const content = async (at: ReadingPlace) =>
          (await stored(at))
            .map(({ externalId, timestamp, value, direction }) =>
              JSON.stringify([timestamp, direction, externalId, value]),
            )
            .sort();
        expect(await content(apart)).toEqual(await content(together));
      }),
      { numRuns: 40 },
    );
  });

  it('raise no event, whatever source the ERP names', async () => {
    const here = await place();
    await write(upsert(here, { id: '1', at: '2025-01-15', source: 'ECP' }));
    expect(await tenant.query(sql`select 1 from catalog_event where org_id = ${tenant.org}`)).toEqual([]);
  });
});
