import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusalOf } from '../refusal-of.ts';
import { HIDDEN, SECRET, TOKEN } from '../stand-in-hook-app.ts';
import {
  type HookedCustomer,
  type HookedPortal,
  hookedPortal,
  PASSWORD,
  relatedTo,
} from './hooked-portal.ts';

let portal: HookedPortal;
let kim: HookedCustomer;

beforeAll(async () => {
  portal = await hookedPortal();
  kim = await portal.customer();
});
afterAll(() => portal.close());

const range = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', interval: 'P1D' as const };
const which = () => ({ app_id: portal.appId, extensionId: portal.extensionId });

describe('registration', () => {
  it('asks the app who somebody is, before and while they register', async () => {
    const { app, stranger, named } = portal;
    const ask = () =>
      stranger.portal.checkContactExistsV3(named, {
        org_id: named.org_id,
        registration_identifiers: { contact: { customer_number: '4711' } },
      });
    app.says('/registrationIdentifiersCheck', { contact: kim.contactId });
    expect((await ask()).data).toMatchObject({ exists: true, contactId: kim.contactId });
    app.says('/registrationIdentifiersCheck', { contact: [kim.contactId, portal.portalId] });
    expect((await ask()).data).toMatchObject({ exists: false, reason: 'NOT_FOUND' });
    expect(app.sent('/registrationIdentifiersCheck')).toEqual([
      { number: `K-${kim.customerNumber}` },
      { number: 'K-4711' },
      { number: 'K-4711' },
    ]);
    const { data: own } = await kim.portal.getPortalUser();
    expect(own.data?.['mapped_contact']).toMatchObject(relatedTo(kim.contactId));
  });
});

describe('the contracts that an app names', () => {
  const add = (customer: HookedCustomer) =>
    customer.portal.addContractByIdentifiers(null, { contract: { contract_number: 'V-1' } });
  const contractsOf = async (customer: HookedCustomer) =>
    (await customer.portal.getAllContracts()).data.data?.map(({ _id }) => _id);

  it('become those of the customer', async () => {
    const { app, create } = portal;
    const contract = await create('contract', { contract_number: 'V-1' });
    await portal.choose('contractIdentification', 'contracts');
    app.says('/contracts', { ids: [contract] });
    expect((await add(kim)).data).toMatchObject({ hits: 1, data: [{ _id: contract }] });
    expect(await contractsOf(kim)).toEqual([contract]);
    expect(app.sent('/contracts')).toEqual([{ contract: { contract_number: 'V-1' } }]);
  });

  it('are those of the contact it names, whose customer one becomes or whom one represents', async () => {
    const { app, create, staff } = portal;
    for (const mode of ['customer-of', 'represents']) {
      const grandmother = await create('contact', { last_name: 'Oma' });
      const contract = await create('contract', { customer: relatedTo(grandmother) });
      const customer = await portal.customer();
      await portal.choose('contractIdentification', mode);
      app.says(`/${mode}`, { ids: grandmother });
      expect((await add(customer)).data).toMatchObject({ hits: 1, data: [{ _id: contract }] });
      expect(await contractsOf(customer)).toEqual([contract]);
      const { data } = await staff.entity.getEntity({ slug: 'contract', id: contract });
      expect(JSON.stringify(data.entity?.['customer']).includes(customer.contactId)).toBe(
        mode === 'customer-of',
      );
    }
  });
});

describe('meter readings', () => {
  const meterOf = async (customer: HookedCustomer) => {
    const meter_number = `M-${customer.customerNumber}`;
    const contract = await portal.create('contract', { customer: relatedTo(customer.contactId) });
    const meter_id = await portal.create('meter', { meter_number, contract: relatedTo(contract) });
    const counter_id = await portal.create('meter_counter', {
      ...{ meter: relatedTo(meter_id), direction: 'feed-in', obis_number: '1-0:2.8.0', unit: 'kWh' },
    });
    return { meter_number, meter_id, counter_id };
  };

  it('are judged by the app, which also says what is allowed', async () => {
    const { app } = portal;
    const { meter_number, meter_id, counter_id } = await meterOf(kim);
    const submit = (value: number) =>
      kim.portal.createMeterReading(null, {
        ...{ meter_id, counter_id, direction: 'feed-in', value, source: 'ECP', unit: 'kWh' },
        timestamp: new Date().toISOString(),
      });
    await portal.choose('meterReadingPlausibilityCheck', 'check');
    app.says('/check', { ok: false, least: '10', most: 90 });
    expect(await refusalOf(submit(100))).toMatchObject({
      status: 400,
      body: { reason: 'plausibility_check_failed', lower_limit: 10, upper_limit: 90 },
    });
    app.says('/check', { ok: 'true' });
    expect((await submit(80)).data).toMatchObject({ data: { value: 80, status: 'valid' } });
    expect(app.sent('/check')).toEqual([
      { meter: meter_number, value: 100, by: 'Petersen' },
      { meter: meter_number, value: 80, by: 'Petersen' },
    ]);
    await portal.choose('meterReadingPlausibilityCheck', 'range');
    app.says('/range', { rows: [{ obis: '1-0:2.8.0', least: 80, most: 300 }] });
    const { data: allowed } = await kim.portal.getAllowedMeterReadingRange({ meter_id });
    expect(allowed.data).toEqual([{ meter_counter_id: counter_id, min_value: 80, max_value: 300 }]);
  });

  it('are shown with what the app knows of them', async () => {
    const { app } = portal;
    const { meter_number, meter_id } = await meterOf(kim);
    const at = '2026-01-01T00:00:00Z';
    const money = { unit_amount: 12, unit_amount_currency: 'EUR', unit_amount_decimal: '0.12' };
    const priced = { timestamp: at, ...money, tax_behavior: 'inclusive', tax_rate: 19 };
    app.says(`/consumptionDataRetrieval/${meter_number}`, {
      rows: [{ timestamp: at, value: 7 }, { value: 8 }],
    });
    app.says('/priceDataRetrieval', { rows: [priced] });
    app.says('/costDataRetrieval', { rows: [priced] });
    app.says('/visualizationMetadata', { chart: { intervals: ['P1D', 'P1M'] } });
    app.says('/dataExport', { download_url: 'https://files.example/a.csv', filename: 'a.csv' });
    const consumption = await kim.portal.getConsumption({ ...which(), ...range, meter_id });
    expect(consumption.data).toEqual({ consumptions: [{ timestamp: at, value: 7 }] });
    expect((await kim.portal.getPrices({ ...which(), ...range })).data).toEqual({ prices: [priced] });
    expect((await kim.portal.getCosts({ ...which(), ...range })).data).toEqual({ costs: [priced] });
    const chart = await kim.portal.getVisualizationMetadata({ ...which() });
    expect(chart.data).toEqual({ intervals: ['P1D', 'P1M'] });
    const exported = await kim.portal.prepareVisualizationExport(null, {
      app_id: portal.appId,
      extension_id: portal.extensionId,
    });
    expect(exported.data).toEqual({ download_url: 'https://files.example/a.csv', filename: 'a.csv' });
    const asked = (path: string) => app.received.filter((one) => one.path === path).map(({ query }) => query);
    expect(asked('/priceDataRetrieval')).toEqual([{ from: range.from, to: range.to, every: 'P1D' }]);
    expect(asked('/dataExport')).toEqual([{ contact: kim.contactId }]);
  });
});

describe('links and accounts', () => {
  it('lead to the app, signed in', async () => {
    const where = { extension_id: portal.extensionId, link_id: 'shop' };
    const { data } = await kim.portal.getResolvedSeamlessLink(where);
    expect(data).toEqual({ link: `https://shop.example/of/${kim.customerNumber}?ticket=600` });
    const nobody = portal.stranger.portal.getResolvedSeamlessLink(where);
    expect(await refusalOf(nobody)).toMatchObject({ status: 401 });
  });

  it('change their address when the app says so, or at once', async () => {
    const { app } = portal;
    await portal.choose('changeEmail', 'email-later');
    const later = `later-${kim.email}`;
    const wrong = kim.portal.updatePortalUserEmail(null, { email: later, password: 'Wrong-2026!' });
    expect(await refusalOf(wrong)).toMatchObject({ status: 400 });
    expect(app.sent('/email-later')).toEqual([]);
    const asked = await kim.portal.updatePortalUserEmail(null, { email: later, password: PASSWORD });
    expect(asked.data.message).toBe('Your email change request has been received.');
    expect(app.sent('/email-later')).toMatchObject([{ new_email: later, old_email: kim.email }]);
    await expect(portal.signIn(later)).rejects.toThrow('400');
    await portal.signIn(kim.email);

    await portal.choose('changeEmail', 'email-now');
    const now = `now-${kim.email}`;
    const done = await kim.portal.updatePortalUserEmail(null, { email: now });
    expect(done.data.message).toBe('Your email has been changed.');
    expect(app.sent('/email-now')).toEqual([{ from: kim.email, to: now }]);
    expect(await refusalOf(kim.portal.getPortalUser())).toMatchObject({ status: 401 });
    await portal.signIn(now);
  });

  it('hand their password over, and end when the app agrees', async () => {
    const { app } = portal;
    const customer = await portal.customer();
    await portal.choose('changePassword');
    await customer.portal.changePortalUserPassword(null, { new_password: 'Neu-"{{env.X}}' });
    expect(app.sent('/changePassword')).toMatchObject([
      { new_password: 'Neu-"{{env.X}}', email: customer.email },
    ]);
    await portal.choose('deleteAccount');
    expect((await customer.portal.deletePortalUser()).data.message).toBe('User Succesfully Deleted');
    expect(app.sent('/deleteAccount')).toMatchObject([{ email: customer.email }]);
    await expect(portal.signIn(customer.email)).rejects.toThrow('400');
  });
});

it('signed in once for all of that with the secret, which nobody else ever saw', async () => {
  const { app, staff, stranger, named, portalId } = portal;
  const tokens = app.received.filter(({ path }) => path === '/token');
  expect(tokens.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
    { account: 'stadtwerke', secret: SECRET },
  ]);
  for (const { path, headers } of app.received) {
    if (path !== '/token') expect([path, headers['authorization']]).toEqual([path, `Bearer ${TOKEN}`]);
  }
  const shown = JSON.stringify(
    (
      await Promise.all([
        staff.portal.getPortalConfigV3({ portal_id: portalId }),
        staff.portal.getPortalExtensionsV3({ portal_id: portalId }),
        stranger.portal.getPublicPortalExtensionDetailsV3(named),
        stranger.portal.getPublicPortalConfigV3(named),
      ])
    ).map(({ data }) => data),
  );
  for (const hidden of HIDDEN) expect(shown).not.toContain(hidden);
  const logged = await portal.hookLog();
  expect(logged).toHaveLength(app.received.length - tokens.length);
  expect(JSON.stringify(logged)).not.toMatch(/Petersen|4711|127\.0\.0\.1|example/);
});
