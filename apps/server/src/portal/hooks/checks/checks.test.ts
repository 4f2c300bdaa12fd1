import { describe, expect, it } from 'vitest';
import { relatedTo } from '../../service/testing/portal-customer.ts';
import { hookedCustomer } from '../testing/hooked-customer.ts';
import { standInApp } from '../testing/stand-in-app.ts';

const app = standInApp();

/** A customer whose portal has chosen this hook, and one contract with a meter of theirs. */
async function customerWith(
  hook: { readonly type: string; readonly [member: string]: unknown },
  config: object = {},
) {
  const call = { url: `${app.url}/check`, headers: {}, ...Object(hook['call']) };
  const extension = { id: 'erp', name: { en: 'ERP' }, hooks: [{ id: 'it', ...hook, call }] };
  const customer = await hookedCustomer([extension], {
    extensions: [{ id: 'erp', status: 'enabled' }],
    extension_hooks: { [hook.type]: { app_id: 'app-1', extension_id: 'erp', hook_id: 'it' } },
    contract_identifiers: [{ name: 'contract_number', schema: 'contract' }],
    ...config,
  });
  const contract = await customer.create('contract', { customer: relatedTo(customer.contactId) });
  const meter = await customer.create('meter', { contract: relatedTo(contract) });
  const counter = await customer.create('meter_counter', {
    ...{ meter: relatedTo(meter), direction: 'feed-out', obis_number: '1-0:1.8.0', digits: 5 },
  });
  return { ...customer, meter, counter };
}

describe('the plausibility check of an extension', () => {
  const check = {
    type: 'meterReadingPlausibilityCheck',
    // The method of this hook is fixed.
    call: { method: 'PUT', body: { value: '{{Reading.value}}', counter: '{{MeterCounter.obis_number}}' } },
    resolved: {
      valid: '{{CallResponse.data.ok}}',
      upper_limit: '{{CallResponse.data.most}}',
      lower_limit: '{{CallResponse.data.least}}',
    },
  };
  const submit = (customer: Awaited<ReturnType<typeof customerWith>>, value: number) =>
    customer.ask('POST', '/v2/portal/metering/reading', {
      ...{ meter_id: customer.meter, counter_id: customer.counter, direction: 'feed-out', value },
      ...{ source: 'ECP', unit: 'kWh', timestamp: customer.server.clock.now().toISOString() },
    });

  it('judges a reading and names its limits', async () => {
    const customer = await customerWith(check);
    app.answer(() => ({ body: { ok: 'false', most: '90', least: 10 } }));
    const refused = await submit(customer, 100);
    expect(refused.status).toBe(400);
    expect(refused.body).toMatchObject({
      ...{ reason: 'plausibility_check_failed', upper_limit: 90, lower_limit: 10 },
    });
    expect(app.received[0]?.method).toBe('POST');
    expect(JSON.parse(app.received[0]?.body ?? '')).toEqual({ value: 100, counter: '1-0:1.8.0' });
    app.answer(() => ({ body: { ok: true } }));
    expect((await submit(customer, 100)).body['data']).toMatchObject({ status: 'valid' });
  });

  it('keeps a reading that it cannot judge', async () => {
    const customer = await customerWith(check);
    app.answer(() => ({ status: 503 }));
    expect((await submit(customer, 100)).body['data']).toMatchObject({ status: 'in-validation' });
    app.answer(() => ({ body: { ok: 'perhaps' } }));
    expect((await submit(customer, 101)).body['data']).toMatchObject({ status: 'in-validation' });
  });

  it('names ranges by counter', async () => {
    const customer = await customerWith({
      type: 'meterReadingPlausibilityCheck',
      plausibility_mode: 'range',
      call: { body: {} },
      resolved: {
        data_path: 'rows',
        counter_identifiers: { obis_number: '{{Item.obis}}' },
        upper_limit: '{{Item.most}}',
        lower_limit: '{{Item.least}}',
      },
    });
    app.answer(() => ({
      body: {
        rows: [
          { obis: '1-0:1.8.0', most: 70, least: 5 },
          { obis: 'other', most: 1, least: 0 },
        ],
      },
    }));
    const answer = await customer.ask('GET', `/v2/portal/metering/reading/allowed-range/${customer.meter}`);
    expect(answer.body['data']).toEqual([
      { meter_counter_id: customer.counter, min_value: 5, max_value: 70 },
    ]);
  });
});

describe('the contract identification of an extension', () => {
  const add = (customer: Awaited<ReturnType<typeof customerWith>>) =>
    customer.ask('POST', '/v2/portal/contract/by-identifiers', {
      contract: { contract_number: '{{env.X}}' },
    });

  it('opens the contracts it names, sending what the customer typed as it is', async () => {
    const customer = await customerWith({
      type: 'contractIdentification',
      assignment_mode: 'contracts',
      resolved: { result: '{{CallResponse.data.ids}}' },
    });
    const found = await customer.create('contract', { contract_number: 'C-1' });
    app.answer(() => ({ body: { ids: [found, 'unknown'] } }));
    const answer = await add(customer);
    expect(answer.body['data']).toMatchObject([{ _id: found }]);
    expect(JSON.parse(app.received[0]?.body ?? '')).toEqual({ contract: { contract_number: '{{env.X}}' } });
  });

  it('takes no template for the name of a schema, and asks about the identifiers of the portal only', async () => {
    const hook = { type: 'contractIdentification', assignment_mode: 'contracts' };
    const body = { contract: { contract_number: '1' }, 'a}}{{Contact.last_name': { b: 'c' } };
    const path = '/v2/portal/contract/by-identifiers';
    app.answer(() => ({ status: 404 }));
    const open = await customerWith(hook, { contract_identifiers: [] });
    expect((await open.ask('POST', path, {})).status).toBe(400);
    expect((await open.ask('POST', path, body)).body['data']).toEqual([]);
    expect(app.received.map((request) => JSON.parse(request.body))).toEqual([
      { contract: { contract_number: '1' } },
    ]);
    const { ask } = await customerWith(hook);
    for (const wrong of [body, { contract: { iban: '1' } }, { contract: { contract_number: ' ' } }]) {
      expect((await ask('POST', path, wrong)).status).toBe(400);
    }
    expect(app.received).toHaveLength(1);
  });

  it('lets the portal user represent the contact it names', async () => {
    const customer = await customerWith({
      ...{ type: 'contractIdentification', assignment_mode: 'contact_to_portal_user' },
    });
    const other = await customer.create('contact', { last_name: 'Oma' });
    const found = await customer.create('contract', { customer: relatedTo(other) });
    app.answer(() => ({ body: { contact_id: other } }));
    expect((await add(customer)).body['data']).toMatchObject([{ _id: found }]);
  });

  it('finds nothing where the third party knows nothing, and tells its failures', async () => {
    const customer = await customerWith({ type: 'contractIdentification' });
    app.answer(() => ({ status: 404 }));
    expect((await add(customer)).body['data']).toEqual([]);
    app.answer(() => ({ status: 502 }));
    expect((await add(customer)).body).toMatchObject({ reason: 'UPSTREAM_ERROR' });
    app.answer(() => ({ status: 429 }));
    expect((await add(customer)).status).toBe(429);
  });
});

describe('the account hooks of an extension', () => {
  it('hand a change of the address over, and leave it where the third party refuses', async () => {
    const customer = await customerWith({
      ...{ type: 'changeEmail', require_password_confirmation: false },
      resolved: { error_message_path: 'why' },
    });
    const change = (email: string) => customer.ask('PUT', '/v2/portal/user/update/email', { email });
    app.answer(() => ({ status: 400, body: { why: 'Not this one' } }));
    expect((await change('new@example.org')).body).toMatchObject({ message: 'Not this one' });
    app.answer(() => ({ status: 202 }));
    expect((await change('new@example.org')).status).toBe(200);
    expect(JSON.parse(app.received[1]?.body ?? '')).toMatchObject({
      ...{ new_email: 'new@example.org', portal_user_id: customer.portalUserId },
    });
    expect(app.received).toHaveLength(2);
  });

  it('hand a change of the password over, and change nothing here', async () => {
    const customer = await customerWith({ type: 'changePassword', require_new_password: true });
    const path = '/v2/portal/user/change/password';
    const method = 'PUT';
    app.answer(() => ({ status: 202 }));
    const answer = await customer.ask(method, path, { new_password: 'N3w-"{{env.X}}' });
    expect(answer).toMatchObject({ status: 200, body: { message: expect.any(String) } });
    expect(JSON.parse(app.received[0]?.body ?? '')).toMatchObject({
      ...{ new_password: 'N3w-"{{env.X}}', portal_user_id: customer.portalUserId },
    });
    expect((await customer.ask(method, path, {})).status).toBe(400);
    expect((await customer.ask(method, path, { new_password: 7 })).status).toBe(400);
    app.answer(() => ({ status: 500 }));
    expect((await customer.ask(method, path, { new_password: 'x' })).body['reason']).toBe('UPSTREAM_ERROR');
    const without = await hookedCustomer([]);
    expect((await without.ask(method, path, {})).status).toBe(404);
    expect((await without.server.request(method, path, { body: {} })).status).toBe(401);
  });

  it('delete nothing unless the third party agrees', async () => {
    const customer = await customerWith({ type: 'deleteAccount' });
    const remove = () => customer.ask('DELETE', '/v2/portal/user');
    app.answer(() => ({ status: 404 }));
    expect((await remove()).status).toBe(500);
    app.answer(() => ({}));
    expect((await remove()).status).toBe(200);
    expect((await customer.ask('GET', '/v2/portal/user')).status).toBe(401);
  });
});

describe('the registration check of an extension', () => {
  it('names the contact, or none', async () => {
    const { server, org, contactId } = await customerWith(
      { type: 'registrationIdentifiersCheck' },
      {
        registration_identifiers: [{ name: 'last_name', schema: 'contact' }],
      },
    );
    const exists = () =>
      server.request('POST', '/v2/portal/public/contact/exists?origin=END_CUSTOMER_PORTAL', {
        body: { org_id: org, registration_identifiers: { contact: { last_name: 'Anything' } } },
      });
    app.answer(() => ({ body: { contactId } }));
    expect((await exists()).body).toMatchObject({ exists: true, contactId });
    expect(JSON.parse(app.received[0]?.body ?? '')).toEqual({ contact: { last_name: 'Anything' } });
    app.answer(() => ({ status: 404 }));
    expect((await exists()).body).toMatchObject({ exists: false });
  });
});
