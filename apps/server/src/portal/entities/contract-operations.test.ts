import { describe, expect, it } from 'vitest';
import { sql } from '../../storage/index.ts';
import { customerWithGrants, relatedTo } from './testing/customer-with-grants.ts';

const EDIT_CONTRACTS = [
  ['entity:edit', 'contract:*'],
  ['entity:attribute:edit', 'contract:*:*'],
] as const;

describe('contact and contracts of a portal user', () => {
  it('shows the own contact with its neighbourhood, and nothing of the platform', async () => {
    const me = await customerWithGrants({
      entity_actions: [
        {
          journey_id: '8b8b6d0e-6d1c-4f0e-9b0e-0c8f1c0b2a11',
          slug: 'contact',
          action_Label: { de: 'Umzug' },
        },
      ],
    });
    const contract = await me.create('contract', {
      contract_number: 'K-1',
      customer: relatedTo(me.contactId),
    });
    const answer = await me.ask('GET', '/v2/portal/contact');
    expect(answer.status).toBe(200);
    expect(answer.body['entity']).toMatchObject({ _id: me.contactId, _schema: 'contact', first_name: 'Kim' });
    expect(answer.body['entity']).not.toHaveProperty('_acl');
    expect(answer.body['relations']).toEqual(
      expect.arrayContaining([expect.objectContaining({ _id: contract, contract_number: 'K-1' })]),
    );
    expect(answer.body['journey_actions']).toMatchObject([
      { journey_id: '8b8b6d0e-6d1c-4f0e-9b0e-0c8f1c0b2a11', action_label: { de: 'Umzug' } },
    ]);
  });

  it('lists own contracts only, newest first, and bundles one with its meters', async () => {
    const me = await customerWithGrants();
    const stranger = await me.another();
    const first = await me.create('contract', { contract_number: 'K-1', customer: relatedTo(me.contactId) });
    me.server.clock.advance(1000);
    const second = await me.create('contract', { contract_number: 'K-2', customer: relatedTo(me.contactId) });
    const foreign = await me.create('contract', {
      contract_number: 'K-3',
      customer: relatedTo(stranger.contactId),
    });
    const meter = await me.create('meter', { meter_number: 'Z-1', contract: relatedTo(first) });
    const list = await me.ask('GET', '/v2/portal/contract');
    expect(list.status).toBe(200);
    expect(JSON.parse(JSON.stringify(list.body['data'])).map((one: { _id: string }) => one._id)).toEqual([
      second,
      first,
    ]);
    await me.server.request('PATCH', `/v1/entity/contract/${first}`, {
      token: me.admin,
      body: { delivery_address: [{ street: 'Hafenweg', city: 'Musterstadt' }], start_date: '2026-01-01' },
    });
    const detail = await me.ask('GET', `/v2/portal/contract/${first}`);
    expect(detail.status).toBe(200);
    expect(detail.body['meters']).toMatchObject([{ _id: meter }]);
    expect((await me.ask('GET', `/v2/portal/contract/${foreign}`)).status).toBe(404);
    expect((await me.ask('GET', '/v2/portal/contract?from=-1')).status).toBe(400);
  });

  it('hides contracts behind the cut-off everywhere', async () => {
    const me = await customerWithGrants({ inactive_contract_cutoff_years: 2 });
    const old = await me.create('contract', {
      status: 'expired',
      end_date: '2019-01-01',
      customer: relatedTo(me.contactId),
    });
    const meter = await me.create('meter', { contract: relatedTo(old) });
    expect((await me.ask('GET', `/v2/portal/contract/${old}`)).status).toBe(404);
    const found = await me.ask('POST', '/v2/portal/entity:search', { slug: ['contract', 'meter'] });
    expect(found.body).toMatchObject({ results: [], hits: 0, pagination: { total: 0 } });
    expect((await me.ask('POST', '/v2/portal/entity:get', { slug: 'meter', entity_id: meter })).status).toBe(
      404,
    );
  });
});

describe('updates by a portal user', () => {
  it('changes what the role lets them change, and leaves an activity and an event', async () => {
    const me = await customerWithGrants();
    const answer = await me.ask('PATCH', '/v2/portal/contact', {
      phone: [{ phone: '+49 30 1234' }],
      unknown_thing: 1,
    });
    expect(answer.status).toBe(200);
    expect(answer.body['data']).toMatchObject({ phone: [{ phone: '+49 30 1234' }] });
    expect(answer.body['data']).not.toHaveProperty('unknown_thing');
    const { database } = me.server.busbar.storage;
    const events = await database
      .tenant(me.org)
      .query<{ name: string }>(sql`select name from catalog_event where org_id = ${me.org}`);
    expect(events.map(({ name }) => name)).toContain('CustomerDetailsUpdated');
  });

  it('refuses attributes without a grant, wrong values and relations out of reach', async () => {
    const me = await customerWithGrants({}, EDIT_CONTRACTS);
    const stranger = await me.another();
    const contract = await me.create('contract', {
      contract_name: 'Strom',
      customer: relatedTo(me.contactId),
    });
    const patch = (body: object) => me.ask('PATCH', `/v2/portal/contract/${contract}`, body);
    expect((await me.ask('PATCH', '/v2/portal/contact', { first_name: 'Eve' })).status).toBe(403);
    expect((await me.ask('PATCH', '/v2/portal/contact', { first_name: 'Kim' })).status).toBe(200);
    expect((await me.ask('PATCH', '/v2/portal/contact', { email: [{ email: 'nonsense' }] })).status).toBe(
      400,
    );
    expect(
      (
        await me.ask('PATCH', '/v2/portal/contact', {
          payment: [{ type: 'payment_sepa', data: { iban: 'DE00 1234' } }],
        })
      ).status,
    ).toBe(400);
    expect((await patch({ branch: 'plutonium' })).status).toBe(400);
    expect((await patch({ customer: relatedTo(me.contactId, stranger.contactId) })).status).toBe(400);
    expect((await patch({ billing_due_day: 5 })).status).toBe(403);
    for (const start_date of ['2026-02-31', '2026-13-01', '01.02.2026'])
      expect((await patch({ start_date })).status).toBe(400);
    for (const installment_amount_currency of [5, 'euro', 'eur', ['EUR']])
      expect((await patch({ installment_amount_currency })).status).toBe(400);
    expect((await patch({ contract_name: 'Öko' })).body['data']).toMatchObject({ contract_name: 'Öko' });
  });

  it('parks values that need approval and keeps the live one', async () => {
    const me = await customerWithGrants(
      { approval_state_attributes: { contract: ['installment_amount'] } },
      EDIT_CONTRACTS,
    );
    const contract = await me.create('contract', {
      installment_amount: 10_000,
      installment_amount_currency: 'EUR',
      customer: relatedTo(me.contactId),
    });
    const answer = await me.ask('PATCH', `/v2/portal/contract/${contract}`, { installment_amount: 10_500 });
    expect(answer.body['data']).toMatchObject({
      installment_amount: 10_000,
      _changesets: {
        installment_amount: { proposed_value: 10_500, edit_mode: 'approval', source: 'end_customer_portal' },
      },
    });
  });

  it('counts a proposal as a change until staff dismiss it', async () => {
    const rule = {
      slug: 'contract',
      attribute: 'contract_name',
      rule_type: 'cadence',
      cadence_period_type: 'months',
    };
    const approval_state_attributes = { contract: ['contract_name'] };
    const me = await customerWithGrants(
      { entity_edit_rules: [rule], approval_state_attributes },
      EDIT_CONTRACTS,
    );
    const contract = await me.create('contract', {
      contract_name: 'Strom',
      customer: relatedTo(me.contactId),
    });
    const propose = async (contract_name: string) => {
      me.server.clock.advance(1000);
      return (await me.ask('PATCH', `/v2/portal/contract/${contract}`, { contract_name })).status;
    };
    const resolve = (how: string) =>
      me.server.request('POST', `/v1/entity/contract/${contract}/changesets/contract_name:${how}`, {
        token: me.admin,
      });
    expect([await propose('Gas'), await propose('Wasser')]).toEqual([200, 403]);
    expect((await resolve('dismiss')).status).toBeLessThan(300);
    expect([await propose('Wasser'), await propose('Gas')]).toEqual([200, 403]);
    expect((await resolve('apply')).status).toBeLessThan(300);
    expect(await propose('Gas')).toBe(403);
  });

  it('takes an instalment that names no direction for a debit, and only instalments for due dates', async () => {
    const rules = [
      { slug: 'contract', attribute: 'installment_amount', rule_type: 'overdue_payments', grace_period: 5 },
      {
        ...{ slug: 'contract', attribute: 'contract_name', rule_type: 'days_before_date' },
        number_of_days_before_restriction: 10,
      },
    ];
    const me = await customerWithGrants({ entity_edit_rules: rules }, EDIT_CONTRACTS);
    const dayIn = (days: number) =>
      new Date(me.server.clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10);
    const blockedBy = async (type: string, due_date: string, attribute: string) => {
      const contract = await me.create('contract', { customer: relatedTo(me.contactId) });
      await me.create('billing_event', { type, due_date, contract: relatedTo(contract) });
      const path = `/v2/portal/contract/${contract}:validateRule?attribute=${attribute}`;
      return (await me.ask('GET', path)).body['isBlockedByRules'];
    };
    expect(await blockedBy('installment', dayIn(-30), 'installment_amount')).toBe(true);
    expect(await blockedBy('installment', dayIn(-30), 'installment_amount_decimal')).toBe(true);
    expect(await blockedBy('reimbursement', dayIn(-30), 'installment_amount')).toBe(false);
    expect(await blockedBy('installment', dayIn(3), 'contract_name')).toBe(true);
    expect(await blockedBy('invoice', dayIn(3), 'contract_name')).toBe(false);
  });

  it('agrees with validateRule about the cadence, and opens again when the period is over', async () => {
    const rule = {
      slug: 'contract',
      attribute: 'installment_amount',
      rule_type: 'cadence',
      cadence_period_type: 'days',
      cadence_period: 1,
      changes_allowed: 1,
    };
    const limit = {
      slug: 'contract',
      attribute: 'installment_amount',
      rule_type: 'relative_to_current_value',
      allowed_increment: '10%',
      allowed_decrement: '10%',
    };
    const me = await customerWithGrants({ entity_edit_rules: [rule, limit] }, EDIT_CONTRACTS);
    const contract = await me.create('contract', {
      installment_amount: 10_050,
      customer: relatedTo(me.contactId),
    });
    const patch = (amount: number) =>
      me.ask('PATCH', `/v2/portal/contract/${contract}`, { installment_amount: amount });
    const ask = () =>
      me.ask('GET', `/v2/portal/contract/${contract}:validateRule?attribute=installment_amount`);
    expect((await ask()).body).toEqual({ isBlockedByRules: false });
    expect((await patch(11_056)).status).toBe(403);
    expect((await patch(11_055)).body['data']).toMatchObject({
      installment_amount: 11_055,
      installment_amount_decimal: '110.55',
    });
    const start = me.server.clock.now().getTime();
    me.server.clock.advance(1000);
    expect((await ask()).body).toMatchObject({
      isBlockedByRules: true,
      failedRule: { rule_type: 'cadence' },
    });
    const refused = await patch(11_000);
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({
      reason: 'ENTITY_EDIT_RULE',
      failed_rule: rule,
      next_allowed_at: new Date(start + 86_400_000).toISOString(),
    });
    expect((await patch(11_055)).status).toBe(200);
    me.server.clock.advance(86_400_000);
    const { id_token: token } = await me.server.busbar.rooms.identity.issuePortalToken(
      me.portalId,
      me.portalUserId,
    );
    const path = `/v2/portal/contract/${contract}`;
    expect((await me.server.request('GET', `${path}:validateRule`, { token })).body).toEqual({
      isBlockedByRules: false,
    });
    const later = await me.server.request('PATCH', path, { token, body: { installment_amount: 11_000 } });
    expect(later.status).toBe(200);
    me.server.clock.set(new Date(start));
  });
});
