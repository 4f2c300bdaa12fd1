import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesOfAction } from './alias.ts';
import { attributeAllowed, visibleMembers } from './attributes.ts';
import { decide, type EffectiveGrants } from './decision.ts';
import { type Grant, readGrants } from './grant.ts';

const EVERYTHING: readonly Grant[] = [{ action: '*' }];

function rights(own: readonly Grant[], more: Partial<EffectiveGrants> = {}): EffectiveGrants {
  return { own, ceiling: EVERYTHING, isOwner: false, readOnly: false, userId: 'u1', ...more };
}

function allowed(
  grants: EffectiveGrants,
  action: string,
  resource: string,
  entity?: Record<string, unknown>,
): boolean {
  return decide(grants, { actions: namesOfAction(action), resources: [resource], entity });
}

describe('the examples of the specification', () => {
  const allButPartners = rights([
    { action: 'entity:*' },
    { action: 'entity:*', resource: 'partner:*', effect: 'deny' },
  ]);

  it('lets a deny on one schema leave the others open', () => {
    expect(allowed(allButPartners, 'entity:view', 'contact:1')).toBe(true);
    expect(allowed(allButPartners, 'entity:view', 'partner:9')).toBe(false);
  });

  it('shows only the attribute groups that are granted', () => {
    const grants = rights([
      { action: 'entity:view', resource: 'contract:*' },
      { action: 'entity:attribute:view', resource: 'contract:Address Information:*' },
    ]);
    const sees = (name: string, group: string) =>
      attributeAllowed(
        grants,
        'entity:attribute:view',
        'contract',
        { name, groups: [group] },
        { strict: false },
      );
    expect(sees('street', 'Address Information')).toBe(true);
    expect(sees('iban', 'Payment Details')).toBe(false);
  });

  it('holds conditions against the entity', () => {
    const grants = rights([
      {
        action: 'entity:edit',
        resource: 'contract:*',
        conditions: [{ operation: 'equals', attribute: '_tags', values: ['active'] }],
      },
    ]);
    expect(allowed(grants, 'entity:edit', 'contract:1', { _tags: ['active', 'vip'] })).toBe(true);
    expect(allowed(grants, 'entity:edit', 'contract:1', {})).toBe(false);
    expect(allowed(grants, 'entity:edit', 'contract:1')).toBe(false);
  });

  it('lets the organisation role deny what a role allows', () => {
    const ceiling = [...EVERYTHING, { action: 'webhook:*', effect: 'deny' } as const];
    expect(allowed(rights([{ action: 'webhook:*' }], { ceiling }), 'webhook:view', '*')).toBe(false);
  });

  it('needs the ceiling to allow as well', () => {
    const grants = rights([{ action: 'integration:manage' }], { ceiling: [{ action: 'entity:*' }] });
    expect(allowed(grants, 'integration:manage', '*')).toBe(false);
  });
});

describe('what else decides', () => {
  it('gives owners everything the ceiling allows, and nothing it denies', () => {
    const ceiling = [...EVERYTHING, { action: 'billing:*', effect: 'deny' } as const];
    const owner = rights([], { isOwner: true, ceiling });
    expect(allowed(owner, 'entity:delete', 'contact:1')).toBe(true);
    expect(allowed(owner, 'billing:view', '*')).toBe(false);
  });

  it('lets read-only tokens view, export and download, whatever their roles', () => {
    const grants = rights(EVERYTHING, { readOnly: true, isOwner: true });
    expect(allowed(grants, 'entity:view', 'contact:1')).toBe(true);
    expect(allowed(grants, 'file:download', 'file:1')).toBe(true);
    expect(allowed(grants, 'entity:edit', 'contact:1')).toBe(false);
    expect(allowed(grants, 'integration:ingest', '*')).toBe(false);
    expect(allowed(grants, 'integration:monitor', '*')).toBe(true);
  });

  it('reads an entity grant on a bare schema as all of its entities', () => {
    const grants = rights([{ action: 'entity:view', resource: 'file' }]);
    expect(allowed(grants, 'entity:view', 'file:1')).toBe(true);
    expect(allowed(grants, 'entity:view', 'files:1')).toBe(false);
  });

  it('accepts the older names of integration grants, each for what it is for', () => {
    const events = rights([{ action: 'erp:events' }]);
    expect(allowed(events, 'integration:ingest', 'integration:1')).toBe(true);
    expect(allowed(events, 'integration:manage', 'integration:1')).toBe(false);
    expect(allowed(rights([{ action: 'erp:read' }]), 'integration:view', '*')).toBe(true);
    expect(allowed(rights([{ action: 'integration:manage' }]), 'integration:ingest', '*')).toBe(true);
  });

  it('lets a deny count while the entity of its conditions is unknown', () => {
    const deny: Grant = {
      action: 'entity:view',
      effect: 'deny',
      conditions: [{ operation: 'equals', attribute: 'status', values: ['secret'] }],
    };
    const grants = rights([...EVERYTHING, deny]);
    expect(allowed(grants, 'entity:view', 'contact:1')).toBe(false);
    expect(allowed(grants, 'entity:view', 'contact:1', { status: 'open' })).toBe(true);
    expect(allowed(grants, 'entity:view', 'contact:1', { status: 'secret' })).toBe(false);
  });

  it('knows the current user in named and in all user relations', () => {
    const mine = (attributes: string[]): Grant => ({
      action: 'entity:edit',
      conditions: [{ operation: 'equals_current_user', attributes }],
    });
    const entity = { assignee: [{ user_id: 'u1' }], owner: { $relation: [{ user_id: 'u2' }] }, title: 'u1' };
    expect(allowed(rights([mine(['assignee.*.user_id'])]), 'entity:edit', 'ticket:1', entity)).toBe(true);
    expect(allowed(rights([mine(['owner'])]), 'entity:edit', 'ticket:1', entity)).toBe(false);
    expect(allowed(rights([mine([])], { userId: 'u2' }), 'entity:edit', 'ticket:1', entity)).toBe(true);
    expect(allowed(rights([mine([])], { userId: 'u3' }), 'entity:edit', 'ticket:1', entity)).toBe(false);
  });

  it('drops allow grants whose conditions nobody can read, and keeps such denies', () => {
    const [first, ...rest] = readGrants([
      { action: 'entity:view', conditions: [{ operation: 'sounds_like' }] },
      { action: 'entity:view', effect: 'deny', conditions: 'yes' },
      { resource: 'no action' },
    ]);
    expect(first).toMatchObject({ action: 'entity:view', effect: 'deny' });
    expect(rest).toEqual([]);
  });
});

describe('laws', () => {
  const action = fc.constantFrom('*', 'entity:*', 'entity:view', 'entity:edit', 'file:*', '*:view');
  const resource = fc.constantFrom('*', 'contact:*', 'contact:1', 'contract:*');
  const grant = fc.record({ action, resource, effect: fc.constantFrom('allow' as const, 'deny' as const) });
  const grants = fc.array(grant, { maxLength: 6 });
  const wishes = fc.record({
    action: fc.constantFrom('entity:view', 'entity:edit', 'file:download'),
    resource: fc.constantFrom('contact:1', 'contract:2'),
  });

  it('never allows more after a deny was added', () => {
    fc.assert(
      fc.property(grants, grant, wishes, (own, extra, wish) => {
        const before = allowed(rights(own), wish.action, wish.resource);
        const after = allowed(rights([...own, { ...extra, effect: 'deny' }]), wish.action, wish.resource);
        expect(after && !before).toBe(false);
      }),
    );
  });

  it('never allows what the ceiling alone would not', () => {
    fc.assert(
      fc.property(grants, grants, wishes, fc.boolean(), (own, ceiling, wish, isOwner) => {
        const inside = allowed(rights(EVERYTHING, { ceiling }), wish.action, wish.resource);
        expect(allowed(rights(own, { ceiling, isOwner }), wish.action, wish.resource) && !inside).toBe(false);
      }),
    );
  });
});

describe('attributes', () => {
  const place = (name: string) => ({ name, groups: name === 'iban' ? ['g2', 'Payment'] : [] });
  const entity = { _id: '1', _tags: [], _secret: 1, email: 'a', iban: 'b' };

  it('shows staff everything as long as no role speaks of attributes', () => {
    const grants = rights([{ action: 'entity:view' }]);
    expect(visibleMembers(grants, 'contact', entity, place, { strict: false })).toEqual(entity);
  });

  it('needs a grant for each attribute of a portal role', () => {
    const grants = rights([{ action: 'entity:view', resource: 'contact:*' }], { ceiling: undefined });
    expect(visibleMembers(grants, 'contact', entity, place, { strict: true })).toEqual({
      _id: '1',
      _tags: [],
    });
  });

  it('finds groups by id and by label, and ungrouped attributes', () => {
    const grants = rights([
      { action: 'entity:attribute:view', resource: 'contact:Payment:*' },
      { action: 'entity:attribute:view', resource: 'contact:_ungrouped:email' },
    ]);
    expect(visibleMembers(grants, 'contact', entity, place, { strict: true })).toEqual({
      _id: '1',
      _tags: [],
      email: 'a',
      iban: 'b',
    });
  });

  it('lets read-only tokens change no attribute', () => {
    const grants = rights(EVERYTHING, { readOnly: true });
    expect(
      attributeAllowed(grants, 'entity:attribute:edit', 'contact', place('email'), { strict: false }),
    ).toBe(false);
  });
});
