import { describe, expect, it } from 'vitest';
import { type PortalFixture, portalFixture, secondPortal } from '../testing/portal-fixture.ts';

const IDENTIFIERS = {
  registration_identifiers: [
    { name: 'last_name', schema: 'contact' },
    { name: 'contract_number', schema: 'contract' },
  ],
};

/** A customer with a contract of this number. */
async function customer(portal: PortalFixture, lastName: string, number: string): Promise<string> {
  const contactId = await portal.createEntity('contact', { last_name: lastName });
  const customer = { $relation: [{ entity_id: contactId }] };
  await portal.createEntity('contract', { contract_number: number, customer });
  return contactId;
}

const exists = (portal: PortalFixture, identifiers: object) =>
  portal.server.request('POST', `/v3/portal/public/contact/exists?domain=${portal.domain}`, {
    body: { org_id: portal.org, registration_identifiers: identifiers },
  });

describe('identifying somebody', () => {
  it('needs all identifiers to meet in one contact, whatever the case', async () => {
    const portal = await portalFixture({ ...IDENTIFIERS, self_registration_setting: 'DENY' });
    const contactId = await customer(portal, 'Harms', 'V-100');
    await customer(portal, 'Brandt', 'V-200');
    const shown = (last_name: string, contract_number: string) => ({
      contact: { last_name },
      contract: { contract_number },
    });
    expect((await exists(portal, shown(' harms ', 'v-100'))).body).toEqual({ exists: true, contactId });
    for (const [name, number] of [
      ['Harms', 'V-200'],
      ['Harms', 'V-1'],
      ['Har', 'V-100'],
      ['%', 'V-100'],
    ] as const) {
      expect((await exists(portal, shown(name, number))).body).toEqual({
        exists: false,
        reason: 'NOT_FOUND',
      });
    }
    const refused = await portal.register({
      email: 'a@post.example',
      registration_identifiers: shown('Harms', 'V-200'),
    });
    expect([refused.status, refused.body['reason']]).toEqual([400, 'CONTACT_NOT_FOUND']);
    const body = { email: 'b@post.example', registration_identifiers: shown('Harms', 'V-100') };
    expect((await portal.register(body)).status).toBe(201);
    expect(JSON.stringify((await portal.users('b@post.example'))[0])).toContain(contactId);
  });

  it('answers nothing about attributes that are no identifiers, nor with one missing', async () => {
    const portal = await portalFixture(IDENTIFIERS);
    await customer(portal, 'Harms', 'V-300');
    for (const identifiers of [
      {},
      { contact: { last_name: 'Harms' } },
      { contact: { last_name: 'Harms' }, contract: { contract_number: ' ' } },
      { contact: { last_name: 'Harms', iban: 'DE1' }, contract: { contract_number: 'V-300' } },
      { contact: { last_name: 'Harms' }, contract: { contract_number: 'V-300' }, user: { password: 'x' } },
    ]) {
      expect((await exists(portal, identifiers)).status).toBe(400);
    }
  });

  it('takes two customers of the same name for nobody', async () => {
    const portal = await portalFixture({
      registration_identifiers: [{ name: 'last_name', schema: 'contact' }],
    });
    await customer(portal, 'Müller', 'V-1');
    await customer(portal, 'Müller', 'V-2');
    expect((await exists(portal, { contact: { last_name: 'Müller' } })).body['exists']).toBe(false);
  });

  it('maps an invited person in every mode, and ignores an invitation for somebody else', async () => {
    const portal = await portalFixture({ self_registration_setting: 'DISALLOW_COMPLETELY' });
    const contactId = await portal.createEntity('contact', { email: [{ email: 'invited@post.example' }] });
    const other = await portal.register({ email: 'other@post.example', contactId });
    expect([other.status, other.body['reason']]).toEqual([400, 'REGISTRATION_DISABLED']);
    expect((await portal.register({ email: 'invited@post.example', contactId })).status).toBe(201);
  });

  it('finds the account, and the contact inside it, in account mode', async () => {
    const portal = await portalFixture({
      self_registration_entity: 'account',
      self_registration_account_setting: 'DENY',
      registration_identifiers: [{ name: 'customer_number', schema: 'account' }],
      contact_identifiers_for_account: [{ name: 'last_name', schema: 'contact' }],
    });
    const accountId = await portal.createEntity('account', { name: 'Brandt GmbH', customer_number: 'K-77' });
    const account = { $relation: [{ entity_id: accountId }] };
    const contactId = await portal.createEntity('contact', { last_name: 'Brandt', account });
    const identifiers = { account: { customer_number: 'K-77' } };
    expect((await exists(portal, identifiers)).body).toEqual({ exists: true, accountId });
    const register = (email: string, last_name: string) =>
      portal.register({
        email,
        registration_identifiers: identifiers,
        contact_identifiers_for_account: { last_name },
      });
    expect((await register('uwe@brandt.example', 'Brandt')).status).toBe(201);
    expect(JSON.stringify((await portal.users('uwe@brandt.example'))[0])).toContain(contactId);
    expect((await register('neu@brandt.example', 'Neumann')).status).toBe(201);
    const created = JSON.stringify((await portal.users('neu@brandt.example'))[0]);
    expect(created).toContain('Mapped');
    expect(created).not.toContain(contactId);
  });
});

describe('strangers', () => {
  const limited = async (ask: () => Promise<{ status: number }>, most: number) => {
    const statuses: number[] = [];
    for (let attempt = 0; attempt <= most; attempt += 1) statuses.push((await ask()).status);
    return [statuses.filter((status) => status === 429).length, statuses.at(-1)];
  };

  it('may register ten times an hour', async () => {
    const portal = await portalFixture();
    const ask = () => portal.register({ email: 'not an address' });
    expect(await limited(ask, 10)).toEqual([1, 429]);
  });

  it('learn nothing where the portal prevents it', async () => {
    const portal = await portalFixture({
      auth_settings: { entry_point: 'PASSWORD', prevent_user_enumeration: true },
      self_registration_setting: 'DENY',
    });
    const { server } = portal;
    const contactId = await portal.createEntity('contact', { email: [{ email: 'known@post.example' }] });
    await portal.member('known@post.example', { contactId });
    const entry = async (email: string) =>
      (
        await server.request(
          'GET',
          `/v2/portal/public/user/entry-point?email=${email}&domain=${portal.domain}`,
        )
      ).body;
    expect(await entry('known@post.example')).toEqual(await entry('nobody@post.example'));
    for (const path of [
      `/v3/portal/public/user/exists?domain=${portal.domain}`,
      `/v2/portal/public/user/exists?org_id=${portal.org}`,
    ]) {
      expect((await server.request('GET', `${path}&email=known@post.example`)).body).toEqual({
        exists: false,
      });
    }
    const [known, unknown] = [
      await portal.register({ email: 'known@post.example' }),
      await portal.register({ email: 'nobody@post.example' }),
    ];
    expect([known.status, known.body]).toEqual([unknown.status, unknown.body]);
    expect(known.status).toBe(201);
    expect((await portal.mailTo('known@post.example')).subject).toBe('Sie haben bereits ein Konto');
    expect((await portal.mailTo('nobody@post.example')).subject).toBe(
      'Ihre Registrierung bei Mein Stadtwerk',
    );
    expect(await portal.users('nobody@post.example')).toEqual([]);
  });

  it('are told of an account by contract, in any portal of the organisation or in one', async () => {
    const portal = await portalFixture();
    const other = await secondPortal(portal);
    await portal.member('known@post.example');
    const ask = async (query: string) =>
      (
        await portal.server.request(
          'GET',
          `/v2/portal/public/user/exists?email=Known@post.example&org_id=${portal.org}${query}`,
        )
      ).body;
    expect(await ask('')).toEqual({ exists: true });
    expect(await ask('&origin=END_CUSTOMER_PORTAL')).toEqual({ exists: true });
    expect(await ask('&origin=ADDITIONAL_PORTAL')).toEqual({ exists: false });
    expect(other.portalId).not.toBe(portal.portalId);
  });

  it('of two who register the same address at once, one is told that it is taken', async () => {
    const portal = await portalFixture();
    const answers = await Promise.all([1, 2, 3].map(() => portal.register({ email: 'race@post.example' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400]);
    expect(await portal.users('race@post.example')).toHaveLength(1);
  });

  it('confirm nobody with a token that was replaced, made up, or is too old', async () => {
    const portal = await portalFixture();
    const confirm = (link: string) =>
      portal.server.request('GET', `${new URL(link).pathname}${new URL(link).search}&use_redirect=false`);
    await portal.register({ email: 'slow@post.example' });
    const first = await portal.mailTo('slow@post.example');
    await portal.signIn('/confirmation/resend', { email: 'slow@post.example' });
    const second = await portal.mailTo('slow@post.example');
    for (const link of [first.link, 'http://x/v2/portal/user/confirm?confirmation_link_token=made-up']) {
      const answer = await confirm(link);
      expect([answer.status, answer.body['reason']]).toEqual([400, 'invalid_token']);
    }
    const before = portal.server.clock.now();
    portal.server.clock.advance(7 * 86_400_000 + 1);
    expect((await confirm(second.link)).status).toBe(400);
    portal.server.clock.set(before);
    expect((await confirm(second.link)).body).toEqual({ confirmed: true, user_already_confirmed: false });
  });

  it('follow the older links by user id to one of two pages', async () => {
    const portal = await portalFixture();
    await portal.register({ email: 'older@post.example' });
    const [user] = await portal.users('older@post.example');
    const follow = async (id: string) => {
      const path = `/v2/portal/user/confirm/${id}?origin=END_CUSTOMER_PORTAL&org_id=${portal.org}`;
      const answer = await portal.server.request('GET', path);
      return [answer.status, new URL(String(answer.headers['location'])).pathname];
    };
    // Not before there was a mail, nor later than its own link would work.
    expect(await follow(String(user?.['_id']))).toEqual([301, '/login']);
    await portal.mailTo('older@post.example');
    const before = portal.server.clock.now();
    portal.server.clock.advance(7 * 86_400_000 + 1);
    expect(await follow(String(user?.['_id']))).toEqual([301, '/login']);
    portal.server.clock.set(before);
    expect(await follow(String(user?.['_id']))).toEqual([301, '/register/success']);
    expect(await follow(String(user?.['_id']))).toEqual([301, '/login']);
    expect(await follow('5da0a718-c822-403d-9f5d-20d4584e0528')).toEqual([301, '/login']);
    expect((await portal.users('older@post.example'))[0]?.['registration_status']).toBe('Registered');
  });
});
