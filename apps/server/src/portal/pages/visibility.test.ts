import { describe, expect, it } from 'vitest';
import { isVisible, visiblePart } from './visibility.ts';

const now = new Date('2026-03-10T12:00:00Z');
const onlooker = { now, matches: (target: string) => target.startsWith('yes') };
const seen = (visibility: object) => isVisible(visibility, onlooker);

describe('visibility', () => {
  it('opens at its start and closes after its end, each alone too', () => {
    const at = now.toISOString();
    expect([seen({ start_date: at }), seen({ end_date: at })]).toEqual([true, true]);
    expect(seen({ start_date: '2026-03-10T12:00:00.001Z' })).toBe(false);
    expect(seen({ end_date: '2026-03-10T11:59:59.999Z' })).toBe(false);
  });

  it('asks for one target unless the operator asks for all, and hiding wins over showing', () => {
    const both = ['yes', 'no'];
    expect(seen({ visible_for_targets: both })).toBe(true);
    expect(seen({ visible_for_targets: both, visible_for_operator: 'and' })).toBe(false);
    expect(seen({ hidden_for_targets: both })).toBe(false);
    expect(seen({ hidden_for_targets: both, hidden_for_operator: 'and' })).toBe(true);
    expect(seen({ visible_for_targets: ['yes'], hidden_for_targets: ['yes2'] })).toBe(false);
    expect(seen({ visible_for_targets: [], hidden_for_targets: [] })).toBe(true);
  });

  it('leaves hints for clients to clients', () => {
    expect(seen({ hidden_on_mobile: true, hidden_on_desktop: true, hidden_in_app: true })).toBe(true);
  });

  it('ends for blocks whose parents lead in a circle', () => {
    const blocks = { a: { id: 'a', parentId: 'b' }, b: { id: 'b', parentId: 'a' } };
    expect(visiblePart({ blocks }, onlooker)?.['blocks']).toEqual(blocks);
  });
});
