import { beforeAll, describe, expect, it } from 'vitest';
import { toWire } from '../model/entity.ts';
import { saveSchema } from '../schemas/save-schema.ts';
import { API_WRITE, type GraphFixture, graphFixture } from '../testing/graph-fixture.ts';
import { type Changeset, withProposedValues } from './changeset.ts';
import { confirms } from './changeset-match.ts';

const currency = [{ code: 'EUR', description: 'Euro', symbol: '€' }];
const SCHEMA = {
  slug: 'guarded',
  name: 'Guarded',
  plural: 'Guarded',
  capabilities: [],
  attributes: [
    { name: 'name', label: 'Name', type: 'string' },
    { name: 'iban', label: 'IBAN', type: 'string', edit_mode: 'external' },
    { name: 'limit', label: 'Limit', type: 'string', edit_mode: 'approval' },
    { name: 'amount', label: 'Amount', type: 'currency', currency, edit_mode: 'external' },
  ],
};

describe('changesets', () => {
  let fixture: GraphFixture;
  beforeAll(async () => {
    fixture = await graphFixture();
    await fixture.tenant.transaction((tx) => saveSchema(tx, 'guarded', SCHEMA, fixture.clock.now()));
  });

  const guarded = () => fixture.create('guarded', { name: 'A', iban: 'DE1', limit: '10' });
  const resolve = (id: string, attribute: string, resolution: 'apply' | 'dismiss') =>
    fixture.tenant.transaction((tx) =>
      fixture.graph.resolveChangeset(tx, { id, attribute, resolution }, API_WRITE),
    );

  it('park a guarded value, keep the old one, and write the rest', async () => {
    const after = await fixture.patch(await guarded(), { name: 'B', iban: 'DE2' });
    expect(after.doc).toEqual({
      name: 'B',
      iban: 'DE1',
      limit: '10',
      _changesets: {
        iban: {
          proposed_value: 'DE2',
          previous_value: 'DE1',
          created_at: fixture.clock.now().toISOString(),
          created_by: { type: 'api_client', id: 'token-1' },
          edit_mode: 'external',
          source: 'api',
        },
      },
    });
    expect(fixture.heard.at(-1)).toMatchObject({ changesets: { created: ['iban'], cleared: [] } });
    expect(withProposedValues(toWire(after))).toMatchObject({ iban: 'DE2', _changesets: { iban: {} } });
  });

  it('propose the same again as a no-op, and the stored value as a withdrawal', async () => {
    const parked = await fixture.patch(await guarded(), { iban: 'DE2' });
    expect((await fixture.patch(parked, { iban: 'DE2' })).updatedAt).toEqual(parked.updatedAt);
    expect((await fixture.patch(parked, { iban: 'DE1' })).doc).toEqual({
      name: 'A',
      iban: 'DE1',
      limit: '10',
    });
  });

  it('are confirmed by a matching direct write, and survive another one', async () => {
    const parked = await fixture.patch(await guarded(), { iban: 'DE2', limit: '20' });
    const other = await fixture.patch(parked, { iban: 'DE3' }, { direct: true });
    expect(other.doc).toMatchObject({ iban: 'DE3', _changesets: { iban: { proposed_value: 'DE2' } } });
    const confirmed = await fixture.patch(parked, { iban: 'DE2', limit: '20' }, { direct: true });
    expect(confirmed.doc).toMatchObject({
      iban: 'DE2',
      limit: '20',
      _changesets: { limit: { proposed_value: '20' } },
    });
    expect(confirmed.doc['_changesets']).not.toHaveProperty('iban');
    expect(fixture.heard.at(-1)).toMatchObject({ changesets: { cleared: ['iban'] } });
  });

  it('take the companions of a currency with them', async () => {
    const entity = await fixture.create('guarded', {
      amount: 100,
      amount_decimal: '1.00',
      amount_currency: 'EUR',
    });
    const parked = await fixture.patch(entity, { amount: 250, amount_decimal: '2.50' });
    expect(parked.doc).toMatchObject({
      amount: 100,
      amount_decimal: '1.00',
      _changesets: {
        amount: {
          proposed_value: 250,
          related_values: { amount_decimal: { proposed_value: '2.50', previous_value: '1.00' } },
        },
      },
    });
    const { entity: applied } = await resolve(entity.id, 'amount', 'apply');
    expect(applied.doc).toEqual({ amount: 250, amount_decimal: '2.50', amount_currency: 'EUR' });
  });

  it('are applied or dismissed by name, once', async () => {
    const parked = await fixture.patch(await guarded(), { limit: '20', iban: null });
    expect((await resolve(parked.id, 'limit', 'apply')).entity.doc).toMatchObject({
      limit: '20',
      iban: 'DE1',
    });
    expect((await resolve(parked.id, 'iban', 'dismiss')).entity.doc).toEqual({
      name: 'A',
      iban: 'DE1',
      limit: '20',
    });
    await expect(resolve(parked.id, 'limit', 'apply')).rejects.toMatchObject({ status: 404 });
  });

  it('park attributes the portal wants approved', async () => {
    const after = await fixture.patch(
      await guarded(),
      { name: 'B' },
      { approvalAttributes: new Set(['name']) },
    );
    expect(after.doc).toMatchObject({
      name: 'A',
      _changesets: { name: { edit_mode: 'approval', proposed_value: 'B' } },
    });
  });

  it('cannot be written by clients', async () => {
    const after = await fixture.patch(await guarded(), {
      name: 'B',
      _changesets: { name: { edit_mode: 'approval' } },
    });
    expect(after.doc).not.toHaveProperty('_changesets');
  });
});

describe('matching a pending change', () => {
  const changeset = (proposed: unknown, more: Partial<Changeset> = {}): Changeset => ({
    proposed_value: proposed,
    created_at: '2026-03-01T10:00:00.000Z',
    edit_mode: 'external',
    ...more,
  });
  const fuzzy = (config: object, proposed: unknown) =>
    changeset(proposed, { match_strategy: 'fuzzy', fuzzy_config: config });

  it.each([
    ['exact', changeset([{ email: 'a' }]), [{ _id: 'x', email: 'a' }], true],
    ['exact', changeset('a'), 'A', false],
    ['any', changeset('a', { match_strategy: 'any' }), 'zzz', true],
    ['approval', changeset('a', { edit_mode: 'approval', match_strategy: 'any' }), 'a', false],
    [
      'relations',
      changeset({ $relation: [{ entity_id: '1', _schema: 'contact' }] }),
      { $relation: [{ entity_id: '1' }] },
      true,
    ],
    ['suffix', fuzzy({ type: 'suffix', suffix_length: 4 }, 'DE12 3456'), '****3456', true],
    ['digits_only', fuzzy({ type: 'digits_only' }, '12-34'), '1 2 3 4', true],
    ['digits_only', fuzzy({ type: 'digits_only' }, '12-34'), '12345', false],
    [
      'normalize_phone',
      fuzzy({ type: 'normalize_phone', country_code: '49' }, [{ phone: '+49 30 123' }]),
      [{ phone: '030123' }],
      true,
    ],
    [
      'ignore_fields',
      fuzzy({ type: 'ignore_fields', fields_to_ignore: ['n'] }, [{ a: 1, n: 2 }]),
      [{ a: 1, n: 3 }],
      true,
    ],
    ['set_equivalent', fuzzy({ type: 'set_equivalent' }, [1, 2]), [2, 1], true],
    ['set_equivalent', fuzzy({ type: 'set_equivalent' }, [1, 1]), [1, 2], false],
    ['entry_match', fuzzy({ type: 'entry_match', key: 'id' }, [{ id: 1 }]), [{ id: 2 }, { id: 1 }], true],
    [
      'entry_match',
      fuzzy({ type: 'entry_match', key: 'id', mode: 'exact_set' }, [{ id: 1 }]),
      [{ id: 2 }, { id: 1 }],
      false,
    ],
    [
      'relation_set',
      fuzzy({ type: 'relation_set' }, { $relation: [{ entity_id: '1' }, { entity_id: '2' }] }),
      { $relation: [{ entity_id: '2' }, { entity_id: '1' }] },
      true,
    ],
    ['unknown', fuzzy({ type: 'regex', pattern: '.*' }, 'a'), 'a', false],
  ])('%s: %j against %j is %j', (_name, pending, incoming, expected) => {
    expect(confirms(pending, incoming)).toBe(expected);
  });
});
