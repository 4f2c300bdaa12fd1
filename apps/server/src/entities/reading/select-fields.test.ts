import { describe, expect, it } from 'vitest';
import { selectFields } from './select-fields.ts';

const entity = {
  _id: '1',
  _schema: 'contact',
  _org: '9',
  name: 'Mia',
  account: [{ _id: '2', name: 'ACME', _files: ['f'], address: { city: 'X', street: 'Y' } }],
  line_items: [{ _product: { id: 'p' }, amount: 1 }],
};
const system = { _id: '1', _schema: 'contact', _org: '9' };

describe('selecting fields', () => {
  it.each([
    [['name'], { ...system, name: 'Mia' }],
    [['account.name'], { ...system, account: [{ name: 'ACME' }] }],
    [['account.*.city'], { ...system, account: [{ address: { city: 'X' } }] }],
    [['account.0.name'], { ...system, account: [{ name: 'ACME' }] }],
    [['**.city'], { ...system, account: [{ address: { city: 'X' } }] }],
    [
      ['account', '!account._files', '!**.street'],
      { ...system, account: [{ _id: '2', name: 'ACME', address: { city: 'X' } }] },
    ],
    [['n*'], { ...system, name: 'Mia' }],
    [['nothing'], system],
    [['!account', '!**._product'], { ...system, name: 'Mia', line_items: [{ amount: 1 }] }],
    [['!_id', 'name'], { ...system, name: 'Mia' }],
    [[], entity],
  ])('%j', (fields, expected) => {
    expect(selectFields(entity, fields)).toEqual(expected);
  });

  it('refuses lists that would cost too much', () => {
    expect(() =>
      selectFields(
        entity,
        Array.from({ length: 201 }, () => 'a'),
      ),
    ).toThrow(/200/);
    expect(() => selectFields(entity, ['a.'.repeat(21)])).toThrow(/20/);
  });
});
