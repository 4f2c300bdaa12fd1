import { beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../identity/principal.ts';
import type { EntityRights } from '../reading/entity-rights.ts';
import { schemasOf } from '../schemas/schema-catalogue.ts';
import { type GraphFixture, graphFixture } from '../testing/graph-fixture.ts';
import { CallerAccess } from './entity-access.ts';

const NOTHING: EntityRights = {
  allows: () => false,
  granted: () => [[]],
  visible: (_schema, entity) => entity,
  mayEdit: () => false,
};

describe('access to the graph', () => {
  let fixture: GraphFixture;
  beforeAll(async () => {
    fixture = await graphFixture();
  });

  const client = (): Principal => ({
    kind: 'api_client',
    org: fixture.tenant.org,
    tokenId: 't',
    name: 'T',
    roles: [],
    readOnly: false,
  });
  const caller = (rights: Partial<EntityRights>, principal = client()) =>
    CallerAccess.of({ rightsOf: async () => ({ ...NOTHING, ...rights }) }, principal);

  it('is closed to portal users, publishable tokens and strangers, whatever their grants', async () => {
    const org = fixture.tenant.org;
    const all = { allows: () => true };
    await expect(caller(all, { kind: 'anonymous', org })).rejects.toMatchObject({ status: 403 });
    const published: Principal = {
      kind: 'public_token',
      org,
      tokenId: 't',
      portalId: undefined,
      journeyId: undefined,
    };
    await expect(caller(all, published)).rejects.toMatchObject({ status: 403 });
  });

  it('asks for the action on the very entity, with its members for conditions', async () => {
    const entity = await fixture.create('contact', { first_name: 'Mia', _tags: ['vip'] });
    const asked: unknown[] = [];
    const access = await caller({
      allows: (action, resource, members) => {
        asked.push([action, resource, members?.['_tags']]);
        return action === 'entity:view';
      },
    });
    expect(access.require('entity:view', entity)).toBe(entity);
    expect(asked).toEqual([['entity:view', `contact:${entity.id}`, ['vip']]]);
    expect(() => access.require('entity:edit', entity)).toThrow(expect.objectContaining({ status: 403 }));
    expect(() => access.require('entity:view', undefined)).toThrow(expect.objectContaining({ status: 404 }));
  });

  it('checks the attributes a write touched, not those of the platform', async () => {
    const entity = await fixture.create('contact', { first_name: 'Mia' });
    const schema = (await schemasOf(fixture.tenant)).get('contact');
    const access = await caller({ mayEdit: (_schema, { name }) => name === 'title' });
    const diff = (added: object) => ({ added: { ...added }, updated: {}, deleted: {} });
    expect(() =>
      access.requireAttributes(schema, entity, diff({ title: 'Dr.', _tags: ['x'] })),
    ).not.toThrow();
    expect(() => access.requireAttributes(schema, entity, diff({ birthdate: '2000-01-01' }))).toThrow(
      /birthdate/,
    );
  });
});
