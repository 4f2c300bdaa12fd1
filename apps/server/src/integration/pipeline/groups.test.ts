import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { laneOf } from '../inbound/lane-of.ts';
import { type ErpFixture, erpFixture, event, useCase } from '../testing/erp-fixture.ts';

/** Appends a value to the list of every contact it names. */
const APPEND = useCase(
  'append',
  'contact',
  [
    { attribute: 'external_id', field: 'nr' },
    { attribute: 'list', jsonataExpression: '{ "_append_all": [value] }' },
  ],
  { jsonataExpression: 'nrs.{ "nr": $, "value": $$.value }' },
);

let erp: ErpFixture;
beforeAll(async () => {
  erp = await erpFixture([APPEND]);
});

async function listOf(nr: string): Promise<unknown> {
  const [entity] = await erp.find('contact', 'external_id', nr);
  return entity?.doc['list'] ?? [];
}

const append = (value: string, nrs: readonly string[], group?: string) =>
  event('append', { value, nrs }, group === undefined ? {} : { group_id: group });

describe('events of groups', () => {
  it('do not wait for another group, whose first event has to wait; those without a group wait for all before them', async () => {
    const start = erp.server.clock.now();
    expect(new Set(['slow', 'quick'].map(laneOf)).size).toBe(2);
    const [waiting] = await erp.send([
      append('1', ['a'], 'slow'),
      append('2', ['b'], 'quick'),
      append('3', ['a', 'b']),
      append('4', ['b'], 'quick'),
    ]);
    await erp.tenant.run(sql`
      update inbound_queue set attempts = 1, not_before = ${new Date(start.getTime() + 60_000)}
       where org_id = ${erp.tenant.org} and event_id = ${waiting?.['event_id']}`);
    await erp.server.work();
    expect([await listOf('a'), await listOf('b')]).toEqual([[], ['2']]);
    erp.server.clock.advance(61_000);
    await erp.settle();
    erp.server.clock.set(start);
    expect([await listOf('a'), await listOf('b')]).toEqual([
      ['1', '3'],
      ['2', '3', '4'],
    ]);
  });

  it('the group of a request is that of its events, unless they name one; replays stay in theirs', async () => {
    const results = await erp.send([append('1', ['g']), append('2', ['g'], 'own')], { group_id: 'request' });
    await erp.settle();
    const ids = results.map((result) => String(result['event_id']));
    const path = `/v1/integrations/${erp.integrationId}/events`;
    const groupOf = async (id: string | undefined) =>
      (await erp.request('POST', path, { event_id: id })).body['data']?.[0]?.['group_id'];
    expect([await groupOf(ids[0]), await groupOf(ids[1])]).toEqual(['request', 'own']);
    const replay = await erp.request('POST', `${path}/replay`, { event_ids: [ids[1]] });
    expect(await groupOf(String(replay.body['results']?.[0]?.['replay_event_id']))).toBe('own');
    await erp.settle();
    expect(await listOf('g')).toHaveLength(3);
  });

  it('have the effect of the order of acceptance wherever groups keep apart, whatever is mixed', async () => {
    const nrs = ['x', 'y', 'z'];
    const step = fc.record({
      group: fc.option(fc.constantFrom(...nrs), { nil: undefined }),
      pause: fc.boolean(),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        run += 1;
        const names = new Map(nrs.map((nr) => [nr, `${nr}-${run}`]));
        const expected = new Map(nrs.map((nr) => [nr, [] as string[]]));
        for (const [index, { group, pause }] of steps.entries()) {
          const touched = group === undefined ? nrs : [group];
          for (const nr of touched) expected.get(nr)?.push(String(index));
          await erp.send([
            append(
              String(index),
              touched.map((nr) => names.get(nr) ?? ''),
              group,
            ),
          ]);
          if (pause) await erp.server.work();
        }
        await erp.settle();
        for (const nr of nrs) expect(await listOf(names.get(nr) ?? '')).toEqual(expected.get(nr));
      }),
      { numRuns: 12 },
    );
  });
});
