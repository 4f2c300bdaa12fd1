import { describe, expect, it } from 'vitest';
import { customerWithRole, relatedTo } from './testing/customer-with-grants.ts';

describe('what a portal role grants', () => {
  it('shows granted attributes only, and lets nobody ask for the others', async () => {
    const me = await customerWithRole(
      { approval_state_attributes: { contract: ['contract_name', 'branch'] } },
      [
        { action: 'entity:view', resource: 'contract:*' },
        { action: 'entity:edit', resource: 'contract:*' },
        { action: 'entity:attribute:edit', resource: 'contract:*:branch' },
        { action: 'entity:attribute:edit', resource: 'contract:*:contract_name' },
        { action: 'entity:attribute:view', resource: 'contract:_ungrouped:contract_name' },
      ],
    );
    const secret = { contract_number: 'GEHEIM', branch: 'gas' };
    const contract = await me.create('contract', {
      contract_name: 'Strom',
      ...secret,
      customer: relatedTo(me.contactId),
    });
    expect(
      (await me.ask('PATCH', `/v2/portal/contract/${contract}`, { contract_name: 'Öko', branch: 'power' }))
        .status,
    ).toBe(200);
    const shown = await me.ask('GET', `/v2/portal/contract/${contract}`);
    expect(shown.body['entity']).toMatchObject({
      contract_name: 'Strom',
      _changesets: { contract_name: { proposed_value: 'Öko' } },
    });
    expect(JSON.stringify(shown.body)).not.toMatch(/GEHEIM|branch/);
    const search = async (body: object) =>
      me.ask('POST', '/v2/portal/entity:search', { slug: 'contract', ...body });
    expect((await search({ q: 'geheim' })).body).toMatchObject({ hits: 0 });
    expect((await search({ q: 'geheim', q_fields: ['contract_number'] })).body).toMatchObject({ hits: 0 });
    expect((await search({ q: 'strom' })).body).toMatchObject({ hits: 1 });
    for (const body of [
      { filters: [{ term: { contract_number: 'GEHEIM' } }] },
      { filters: [{ $not: [{ $or: [{ exists: { field: 'branch.keyword' } }] }] }] },
      { filters: [{ exists: { field: '_changesets.branch.proposed_value' } }] },
      { sort: 'contract_number:asc' },
      { group: 'branch' },
    ]) {
      expect((await search(body)).status, JSON.stringify(body)).toBe(403);
    }
    const rendered = await search({
      templates: { all: '{{contract.contract_number}}{{contract.branch}}{{contract._owners}}' },
    });
    expect(rendered.body).toMatchObject({ results: [{ templates_output: { all: '' } }] });
    expect((await search({ fields: ['contract_number', '**'] })).body['results']?.[0]).not.toHaveProperty(
      'contract_number',
    );
  });

  it('hides pending values with their attribute, even where all others are granted', async () => {
    const me = await customerWithRole({}, [
      { action: 'entity:view', resource: 'contract:*' },
      { action: 'entity:attribute:view', resource: 'contract:*:*' },
      { action: 'entity:attribute:view', resource: 'contract:*:branch', effect: 'deny' },
    ]);
    const ask = async (field: string) =>
      (
        await me.ask('POST', '/v2/portal/entity:search', {
          slug: 'contract',
          filters: [{ exists: { field } }],
        })
      ).status;
    expect(await ask('_changesets.branch.proposed_value')).toBe(403);
    expect(await ask('_changesets')).toBe(403);
    expect(await ask('branch')).toBe(403);
    expect(await ask('contract_name')).toBe(200);
  });

  it('narrows lists to single granted entities, and answers 403 where nothing is granted', async () => {
    const me = await customerWithRole({}, []);
    const [open, closed] = [
      await me.create('contract', { customer: relatedTo(me.contactId) }),
      await me.create('contract', { customer: relatedTo(me.contactId) }),
    ];
    expect((await me.ask('GET', '/v2/portal/contract')).status).toBe(403);
    expect((await me.ask('GET', `/v2/portal/contract/${open}`)).status).toBe(403);
    const { identity } = me.server.busbar.rooms;
    const id = `${me.org}:portal_${me.portalId}`;
    await me.server.busbar.storage.database.tenant(me.org).transaction(async (tx) => {
      const role = await identity.organisations.role(tx, id);
      if (role)
        await identity.organisations.putRole(tx, {
          ...role,
          grants: [{ action: 'entity:view', resource: `contract:${open}` }],
        });
    });
    const list = await me.ask('GET', '/v2/portal/contract');
    expect(list.body).toMatchObject({ data: [{ _id: open }] });
    expect((await me.ask('GET', `/v2/portal/contract/${closed}`)).status).toBe(403);
    const found = await me.ask('POST', '/v2/portal/entity:search', { slug: 'contract' });
    expect(found.body).toMatchObject({ hits: 1, pagination: { total: 1 } });
  });

  it('closes schemas that the portal does not show, whatever the role says', async () => {
    const me = await customerWithRole({ allowed_portal_entities: ['contract'] }, [{ action: 'entity:*' }]);
    const order = await me.create('order', { status: 'quote', customer: relatedTo(me.contactId) });
    expect((await me.ask('GET', `/v2/portal/order/${order}`)).status).toBe(403);
    expect((await me.ask('GET', '/v2/portal/request')).status).toBe(403);
    expect((await me.ask('GET', '/v2/portal/contract')).status).toBe(200);
    expect((await me.ask('GET', '/v2/portal/contact')).body['relations']).not.toContainEqual(
      expect.objectContaining({ _id: order }),
    );
  });

  it('under conditions finds an empty list where nothing meets them, and is refused without any', async () => {
    const conditions = [{ operation: 'equals' as const, attribute: '_tags', values: ['shown'] }];
    const me = await customerWithRole({}, [
      { action: 'entity:view', resource: 'contract:*', conditions },
      { action: 'entity:attribute:view', resource: 'contract:*:*' },
    ]);
    const contract = await me.create('contract', { customer: relatedTo(me.contactId) });
    const search = (slug: unknown) => me.ask('POST', '/v2/portal/entity:search', { slug });
    expect(await search('contract')).toMatchObject({ status: 200, body: { hits: 0, results: [] } });
    expect((await search('order')).status).toBe(403);
    expect((await search(['contract', 'order'])).status).toBe(403);
    await me.server.request('PATCH', `/v1/entity/contract/${contract}`, {
      ...{ token: me.admin, body: { _tags: ['shown'] } },
    });
    expect((await search('contract')).body).toMatchObject({ hits: 1, results: [{ _id: contract }] });
  });
});
